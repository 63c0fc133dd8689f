//! What is measured: one way of doing something with one frame.

use crate::frames::Frame;

/// One way of doing something with a frame. The first of several is the baseline, (a) of the docs.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    /// What it is, for a table.
    pub name: &'static str,
    /// Prepares what is not to be measured.
    pub start: fn(Frame) -> Work,
}

/// Does it once, and drops what came of it.
pub type Work = Box<dyn FnMut()>;
