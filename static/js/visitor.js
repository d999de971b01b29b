// Every page of who may read.
import "./timezone.js";
import "./root.js";
import "./htmx-later.js";
import "./search.js";
import "./pictures.js";
import "./headlines.js";
