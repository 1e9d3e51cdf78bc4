//! Where the data is from: which countries' detectors and telephone numbers count.

/// Countries whose national numbers and telephone formats count without a keyword beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub(super) countries: Countries,
}

/// Which countries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Countries {
    /// None: what is valid anywhere in the world.
    #[default]
    Nowhere,
    /// These, by ISO 3166 code.
    Only(Vec<String>),
    /// All.
    Everywhere,
}

impl Scope {
    /// These countries, by ISO 3166 code. A locale (`de_AT`, `en-US`) stands for its country.
    pub fn of<'a>(countries: impl IntoIterator<Item = &'a str>) -> Self {
        let countries: Vec<String> = countries
            .into_iter()
            .filter_map(|name| name.rsplit(['_', '-']).next())
            .map(str::to_ascii_uppercase)
            .collect();
        Self { countries: if countries.is_empty() { Countries::Nowhere } else { Countries::Only(countries) } }
    }

    /// Every country: for columns whose other evidence decides.
    pub fn everywhere() -> Self {
        Self { countries: Countries::Everywhere }
    }

    /// Whether something of these countries counts; what belongs to no country always does.
    pub fn admits(&self, countries: &[String]) -> bool {
        countries.is_empty()
            || match &self.countries {
                Countries::Nowhere => false,
                Countries::Only(only) => countries.iter().any(|country| only.contains(country)),
                Countries::Everywhere => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_stands_for_its_country() {
        let scope = Scope::of(["de_AT", "en-us", "GB"]);
        for (country, counts) in [("AT", true), ("US", true), ("GB", true), ("DE", false)] {
            assert_eq!(scope.admits(&[country.to_owned()]), counts, "{country}");
            assert!(Scope::everywhere().admits(&[country.to_owned()]));
            assert!(!Scope::default().admits(&[country.to_owned()]));
        }
        assert!(Scope::default().admits(&[]));
    }
}
