// A list.
import "./pull.js";
import "./place.js";
import "./menu.js";
