//! Contenders side by side, so that what disturbs one disturbs all.

use std::time::Duration;

use crate::contender::{Contender, Work};
use crate::cpu;
use crate::frames::Frame;
use crate::report::Sample;

/// How long one contender's turn in a round takes, about: short enough for the machine to be the same for all of a
/// round, long enough for the clock.
const TURN: Duration = Duration::from_millis(1);

/// What came of a race.
#[derive(Debug)]
pub struct Outcome {
    /// The contender's name.
    pub name: &'static str,
    /// CPU nanoseconds a frame, by round.
    pub nanos: Sample,
    /// CPU time over that of the first contender in the same round.
    pub ratio: Sample,
}

/// Lets all contenders do the same number of iterations, one after another, in every round. Each round begins with
/// another one, and every second goes backwards, so that nobody always follows the same neighbour.
///
/// # Panics
/// Without contenders.
#[must_use]
pub fn race(frame: Frame, contenders: &[Contender], rounds: usize) -> Vec<Outcome> {
    let mut works: Vec<Work> = contenders.iter().map(|it| (it.start)(frame)).collect();
    let iterations = calibrate(works.first_mut().expect("a contender"));
    let mut outcomes: Vec<Outcome> = contenders.iter().map(Outcome::new).collect();
    for round in 0..rounds {
        let times = turns(&mut works, round, iterations);
        for (outcome, time) in outcomes.iter_mut().zip(&times) {
            outcome.nanos.add(time * 1e9 / f64::from(iterations));
            outcome.ratio.add(time / times[0]);
        }
    }
    outcomes
}

impl Outcome {
    fn new(contender: &Contender) -> Self {
        Self {
            name: contender.name,
            nanos: Sample::default(),
            ratio: Sample::default(),
        }
    }
}

/// Every contender's CPU time of one round, in seconds, in the contenders' own order.
fn turns(works: &mut [Work], round: usize, iterations: u32) -> Vec<f64> {
    let mut times = vec![0.0; works.len()];
    let mut order: Vec<usize> = (0..works.len()).collect();
    order.rotate_left(round % works.len());
    if round % 2 == 1 {
        order.reverse();
    }
    for place in order {
        // The heap and the caches are as the neighbour left them.
        time(&mut works[place], iterations.div_ceil(8));
        times[place] = time(&mut works[place], iterations).as_secs_f64();
    }
    times
}

fn time(work: &mut Work, iterations: u32) -> Duration {
    let begin = cpu::of_thread();
    for _ in 0..iterations {
        work();
    }
    cpu::of_thread().saturating_sub(begin)
}

/// How many iterations fill a turn.
fn calibrate(work: &mut Work) -> u32 {
    let mut iterations = 1;
    while time(work, iterations) < TURN {
        iterations *= 2;
    }
    iterations
}
