//! Warnings that a policy accepts.

use super::*;

const T: &str = "CREATE TABLE public.t (a text)";

#[test]
fn of_nothing_are_errors() {
    let text = "unclassified = \"keep\"\n[[acknowledge]]\nid = \"linkable:public.t\"\nreason = \"r\"\n";
    assert_eq!(errors(T, text), ["acknowledge:linkable:public.t"]);
}

#[test]
fn of_errors_are_errors() {
    let text = "[[acknowledge]]\nid = \"unclassified:public.t.a\"\nreason = \"r\"\n";
    assert_eq!(errors(T, text), ["unclassified:public.t.a", "acknowledge:unclassified:public.t.a"]);
}
