//! Skeleton of the key tree; the signatures are the contract.
/// The secret of a project.
pub struct Key;
/// The keys of one key domain.
pub struct DomainKeys;
/// Messages.
#[derive(Default)]
pub struct Messages;
