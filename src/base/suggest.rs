//! The nearest name: what somebody meant who wrote `colums`.

/// The candidate nearest to `name`, if one is near enough to be worth showing.
///
/// Near is an edit distance (insert, delete, replace, swap of neighbours) of at most a third of the name's length;
/// letter case does not count. The first of equals wins.
///
/// ```
/// use scrub::base::nearest;
/// assert_eq!(nearest("colums", ["subject", "columns"]), Some("columns"));
/// assert_eq!(nearest("zebra", ["subject", "columns"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = folded(name);
    if name.len() > LONGEST {
        return None;
    }
    let allowed = (name.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = folded(candidate);
        if other.len().abs_diff(name.len()) > allowed {
            continue;
        }
        let distance = distance(&name, &other);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `; did you mean "x"?`, or nothing: what an error about a name ends with.
///
/// ```
/// use scrub::base::did_you_mean;
/// assert_eq!(did_you_mean("emial", ["email"]), "; did you mean \"email\"?");
/// ```
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"))
}

fn folded(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// Optimal string alignment distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// No identifier is longer; a longer text is no typo of one.
const LONGEST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_typo() {
        assert_eq!(nearest("emial", ["phone", "email"]), Some("email"));
        assert_eq!(nearest("public.custmer", ["public.customer", "public.orders"]), Some("public.customer"));
    }

    #[test]
    fn ignores_letter_case() {
        assert_eq!(nearest("Email", ["email"]), Some("email"));
    }

    #[test]
    fn shows_nothing_when_nothing_is_near() {
        assert_eq!(nearest("id", ["email", "customer"]), None);
        assert_eq!(nearest("", []), None);
    }

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        assert_eq!(distance(&folded("nulL"), &folded("nlul")), 1);
        assert_eq!(distance(&folded(""), &folded("abc")), 3);
    }
}
