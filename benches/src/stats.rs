//! Medians and spread of ratios.

/// Some measurements of the same thing.
#[derive(Clone, Debug, Default)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Adds a measurement.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// The value below which this fraction of the measurements lies: 0.5 is the median.
    ///
    /// # Panics
    /// When nothing was measured.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index within the sample"
    )]
    pub fn quantile(&self, fraction: f64) -> f64 {
        let last = self.0.len().checked_sub(1).expect("a measurement");
        self.0[(fraction * last as f64).round() as usize]
    }

    /// The median.
    ///
    /// # Panics
    /// When nothing was measured.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }
}
