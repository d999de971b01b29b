// An article, on its page or opened beside its list.
import "./look.js";
import "./film.js";
import "./aloud.js";
import "./lightbox.js";
import "./share.js";
import "./notes.js";
