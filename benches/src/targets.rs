//! The targets, frame by frame.

use crate::frames::{self, Frame};
use crate::report::Target;

/// What is hoped for one frame. Books of another depth than 100 have targets for allocations alone.
#[derive(Clone, Copy, Debug)]
pub struct Targets {
    /// Reading it through serde, against (a).
    pub serde: Option<Target>,
    /// Reading it as a user does, against (a).
    pub decode: Option<Target>,
    /// Allocations of reading it as a user does.
    pub allocations: Target,
}

/// Writing anything, against (a).
pub const ENCODE: Target = Target::AtMost(1.15);

/// What is hoped for that frame.
#[must_use]
pub fn of(frame: Frame) -> Targets {
    let (ratios, allocations) = match frame.name {
        name if name == frames::TICKER.name => (Some((1.0, 0.45)), 0.0),
        name if name == frames::FILL.name => (Some((1.0, 0.5)), 1.0),
        name if name == frames::ORDERS_10.name => (Some((0.8, 0.5)), 3.0),
        name if name == frames::POSITIONS_100.name => (Some((0.7, 0.45)), 6.0),
        name if name == frames::BOOK_100.name => (Some((0.85, 0.4)), 2.0),
        _ => (None, 2.0),
    };
    Targets {
        serde: ratios.map(|(serde, _)| Target::AtMost(serde)),
        decode: ratios.map(|(_, decode)| Target::AtMost(decode)),
        allocations: Target::AtMost(allocations),
    }
}
