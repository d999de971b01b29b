// Every page of who is signed in.
import "./visitor.js";
import "./marks.js";
import "./players.js";
