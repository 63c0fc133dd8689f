//! Which documents are compiled together.

/// What one compiler is given, in bytes of generated source. rustc 1.95 was seen to take 0.2 GB and, for every MB of
/// types that serde derives for, 0.8 to 1.2 GB: so this is less than 0.9 GB. Much smaller units would spend their time on
/// what every unit has in common.
pub(crate) const LARGEST: usize = 512 << 10;

/// Documents that become one program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) name: String,
    /// Modules of documents.
    pub(crate) modules: Vec<String>,
}

impl Unit {
    pub(crate) fn new(number: usize, modules: Vec<String>) -> Self {
        Self {
            name: format!("unit{number}"),
            modules,
        }
    }
}

/// Spreads modules and their sizes over as many units as there are cores, or more where those would grow too large.
pub(crate) fn balance(sizes: &[(String, usize)], cores: usize, largest: usize) -> Vec<Unit> {
    let total: usize = sizes.iter().map(|(_, size)| size).sum();
    let count = cores
        .max(total.div_ceil(largest.max(1)))
        .clamp(1, sizes.len().max(1));
    let mut sorted: Vec<_> = sizes.iter().collect();
    // The largest first, each to where the least is: never far from the best there is.
    sorted.sort_by(|(a_name, a), (b_name, b)| b.cmp(a).then_with(|| a_name.cmp(b_name)));
    let mut loads = vec![(0, Vec::new()); count];
    for (name, size) in sorted {
        if let Some((load, modules)) = loads.iter_mut().min_by_key(|(load, _)| *load) {
            *load += size;
            modules.push(name.clone());
        }
    }
    let filled = loads
        .into_iter()
        .map(|(_, modules)| modules)
        .filter(|modules| !modules.is_empty());
    filled
        .enumerate()
        .map(|(number, modules)| Unit::new(number, modules))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(sizes: &[usize]) -> Vec<(String, usize)> {
        let named = sizes.iter().enumerate();
        named
            .map(|(index, size)| (format!("doc_{index}"), *size))
            .collect()
    }

    fn indices(units: &[Unit]) -> Vec<Vec<&str>> {
        units
            .iter()
            .map(|unit| {
                unit.modules
                    .iter()
                    .filter_map(|module| module.strip_prefix("doc_"))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn every_core_has_about_as_much_to_do() {
        let units = balance(&sizes(&[5, 9, 4, 2, 2]), 2, 100);
        assert_eq!(indices(&units), [vec!["1", "3"], vec!["0", "2", "4"]]);
    }

    #[test]
    fn what_would_be_too_large_for_the_cores_is_split_further() {
        let units = balance(&sizes(&[30, 30, 30, 30]), 2, 40);
        assert_eq!(indices(&units).len(), 3);
        let alone = balance(&sizes(&[500, 1, 1]), 1, 100);
        assert_eq!(indices(&alone), [vec!["0"], vec!["1"], vec!["2"]]);
    }

    #[test]
    fn there_are_never_more_units_than_documents() {
        assert_eq!(balance(&[], 4, 100), []);
        assert_eq!(
            balance(&sizes(&[1]), 4, 100),
            [Unit::new(0, vec!["doc_0".to_owned()])]
        );
    }
}
