// A list of who is signed in.
import "./tree.js";
import "./swipe.js";
import "./list-visitor.js";
