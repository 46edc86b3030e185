//! Rights by tables of cases: what a file may say, who may do what, what is whose, and the sums of a day.

mod days;
mod files;
mod originals;
mod requests;
mod rights;
mod sample;
