//! What departures do to a list of parameters: a few tools for the steps of a recipe.

use std::borrow::Cow;

use crate::protocol::{Parameter, Parameters};

/// Writes the list anew, parameter by parameter.
pub(super) fn rewrite(list: &mut Parameters, mut write: impl FnMut(Parameter<'_>, &mut Parameters)) {
    let mut new = Parameters::new();
    for parameter in list.iter() {
        write(parameter, &mut new);
    }
    *list = new;
}

/// Changes the names of those parameters that `which` picks.
pub(super) fn rename(list: &mut Parameters, which: impl Fn(Parameter<'_>) -> bool, change: impl Fn(&[u8]) -> Cow<'_, [u8]>) {
    rewrite(list, |parameter, new| match which(parameter) {
        true => new.push_parameter(Parameter { name: &change(parameter.name), ..parameter }),
        false => new.push_parameter(parameter),
    });
}

/// Changes the values of those parameters that `which` picks.
pub(super) fn revalue(list: &mut Parameters, which: impl Fn(Parameter<'_>) -> bool, change: impl Fn(&[u8]) -> Cow<'_, [u8]>) {
    rewrite(list, |parameter, new| match which(parameter) {
        true => new.push_parameter(Parameter { value: &change(parameter.value), ..parameter }),
        false => new.push_parameter(parameter),
    });
}

/// Removes all parameters with this name.
pub(super) fn remove(list: &mut Parameters, name: &[u8]) {
    list.retain(|parameter| parameter.name != name);
}

/// Appends a parameter of the header if none has its name.
pub(super) fn add_if_missing(list: &mut Parameters, name: &[u8], value: &[u8]) {
    if !list.iter().any(|parameter| parameter.name == name) {
        list.push(name, value, crate::protocol::Source::Header);
    }
}

/// Whether it is a protocol parameter by its name.
pub(super) fn is_protocol(parameter: Parameter<'_>) -> bool {
    parameter.name.starts_with(b"oauth_")
}
