//! Table names: how they are written in a lock, found in a map, and matched by a policy.

use std::collections::BTreeMap;

use crate::table::TableName;

/// The name as a lock writes it: like `Display`, with parts in double quotes that hold a `.`, `/` or `"`.
pub(super) fn write(name: &TableName) -> String {
    let mut text = String::new();
    if let Some(database) = &name.database {
        text.push_str(&part(database));
        text.push('/');
    }
    if !name.schema.is_empty() {
        text.push_str(&part(&name.schema));
        text.push('.');
    }
    text.push_str(&part(&name.table));
    text
}

fn part(part: &str) -> String {
    if part.is_empty() || part.contains(['.', '/', '"']) {
        format!("\"{}\"", part.replace('"', "\"\""))
    } else {
        part.to_owned()
    }
}

/// The table of a name that [`write`] wrote.
pub(super) fn parse(text: &str) -> Option<TableName> {
    let mut parts: Vec<String> = Vec::new();
    let mut database = None;
    let mut rest = text;
    loop {
        let (next, after) = first_part(rest)?;
        rest = after;
        match rest.chars().next() {
            None => {
                parts.push(next);
                break;
            }
            Some('/') if parts.is_empty() && database.is_none() => database = Some(next),
            Some('.') if parts.is_empty() => parts.push(next),
            Some(_) => return None,
        }
        rest = &rest[1..];
    }
    let table = parts.pop()?;
    let schema = parts.pop().unwrap_or_default();
    Some(TableName::new(schema, table).in_database(database.as_deref()))
}

fn first_part(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find(['.', '/']).unwrap_or(text.len());
        let (part, rest) = text.split_at(end);
        return (!part.is_empty() && !part.contains('"')).then(|| (part.to_owned(), rest));
    };
    let mut part = String::new();
    loop {
        let end = rest.find('"')?;
        part.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(after) => rest = after,
            None => return Some((part, rest)),
        }
        part.push('"');
    }
}

/// The entry for a table as an input names it: the very name; else the name without its database; else the only entry
/// of that schema and table in any database; for a source without schemas, the only entry of that table.
pub(super) fn find<'m, T>(
    map: &'m BTreeMap<TableName, T>,
    name: &TableName,
) -> Option<(&'m TableName, &'m T)> {
    if let Some(found) = map.get_key_value(name) {
        return Some(found);
    }
    if name.database.is_some() {
        return map.get_key_value(&name.clone().in_database(None));
    }
    let same = |other: &TableName| {
        other.table == name.table && (other.schema == name.schema || name.schema.is_empty())
    };
    let mut matches = map.iter().filter(|(other, _)| same(other));
    let first = matches.next()?;
    matches.next().is_none().then_some(first)
}

/// Whether a pattern with `*` (any characters) matches the name.
pub(super) fn glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// How closely a pattern of a policy names a table; the highest wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closeness {
    /// With `*`.
    Glob,
    /// By its last component, in a source without schemas.
    LastComponent,
    /// By schema and table, in any database.
    AnyDatabase,
    /// Exactly.
    Exact,
}

/// Whether, and how closely, `pattern` names `table`.
pub(super) fn closeness(pattern: &str, table: &TableName) -> Option<Closeness> {
    let full = table.to_string();
    let plain = table.clone().in_database(None).to_string();
    if pattern.contains('*') {
        return (glob(pattern, &full) || glob(pattern, &plain)).then_some(Closeness::Glob);
    }
    if pattern == full {
        return Some(Closeness::Exact);
    }
    if pattern == plain {
        return Some(Closeness::AnyDatabase);
    }
    let schemaless = table.schema.is_empty()
        && pattern.strip_suffix(table.table.as_str()).is_some_and(|before| before.ends_with('.'));
    schemaless.then_some(Closeness::LastComponent)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plain_name_is_written_like_display() {
        let name = TableName::new("public", "Order Lines");
        assert_eq!(write(&name), name.to_string());
        assert_eq!(write(&name.in_database(Some("shop"))), "shop/public.Order Lines");
    }

    #[test]
    fn a_name_with_a_dot_is_told_apart() {
        let (a, b) = (TableName::new("a.b", "c"), TableName::new("a", "b.c"));
        assert_ne!(write(&a), write(&b));
        assert_eq!(parse(&write(&a)), Some(a));
        assert_eq!(parse("a.b.c"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse("a/b/c.d"), None);
    }

    #[test]
    fn a_glob_matches_any_characters() {
        for (pattern, name, matches) in [
            ("public.audit_*", "public.audit_log", true),
            ("public.audit_*", "public.audit_", true),
            ("public.audit_*", "public.order", false),
            ("*.log", "public.log", true),
            ("*.log", "public.log2", false),
            ("public.*_p*_x", "public.payment_p2022_x", true),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern, name), matches, "{pattern} {name}");
        }
    }

    #[test]
    fn a_source_without_schemas_is_matched_by_the_last_component() {
        let name = TableName::new("", "customer");
        assert_eq!(closeness("public.customer", &name), Some(Closeness::LastComponent));
        assert_eq!(closeness("public.my_customer", &name), None);
        assert_eq!(closeness("customer", &name), Some(Closeness::Exact));
        assert_eq!(closeness("customer", &TableName::new("public", "customer")), None);
    }

    #[test]
    fn a_name_with_its_database_is_closer() {
        let name = TableName::new("public", "t").in_database(Some("shop"));
        assert_eq!(closeness("shop/public.t", &name), Some(Closeness::Exact));
        assert_eq!(closeness("public.t", &name), Some(Closeness::AnyDatabase));
        assert_eq!(closeness("other/public.t", &name), None);
    }

    #[test]
    fn lookup_falls_back_to_the_only_match() {
        let mut map = BTreeMap::new();
        map.insert(TableName::new("public", "t").in_database(Some("a")), 1);
        map.insert(TableName::new("public", "u"), 2);
        map.insert(TableName::new("other", "u"), 3);
        let found = |name: &TableName| find(&map, name).map(|(_, value)| *value);
        assert_eq!(found(&TableName::new("public", "t")), Some(1));
        assert_eq!(found(&TableName::new("public", "u").in_database(Some("b"))), Some(2));
        assert_eq!(found(&TableName::new("", "u")), None);
        assert_eq!(found(&TableName::new("", "t")), Some(1));
    }

    proptest! {
        #[test]
        fn every_name_survives_its_text(
            database in proptest::option::of("[a./\" é]{0,4}"),
            schema in "[a./\" é]{0,4}",
            table in "[a./\" é]{0,4}",
        ) {
            let name = TableName::new(schema, table).in_database(database.as_deref());
            prop_assert_eq!(parse(&write(&name)), Some(name));
        }
    }
}
