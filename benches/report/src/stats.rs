//! Medians and spread of ratios.

/// Some measurements of the same thing.
#[derive(Clone, Debug, Default)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Adds a measurement.
    pub fn add(&mut self, value: f64) {
        let place = self.0.partition_point(|other| *other < value);
        self.0.insert(place, value);
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

impl FromIterator<f64> for Sample {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_measurements_does_not_matter() {
        let mut sample = Sample::from_iter([5.0, 1.0, 4.0]);
        sample.add(2.0);
        sample.add(3.0);
        let quantiles = [0.0, 0.5, 1.0].map(|fraction| sample.quantile(fraction));
        assert_eq!(quantiles.map(|value| value.to_string()), ["1", "3", "5"]);
    }
}
