//! The performance alone, fed with what a good ear would hear in labelled speech.

mod conduct;
mod hostile;
mod lips;
mod rest;
mod runs;
mod script;
mod time;
