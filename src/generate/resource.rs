//! What every resource begins with. FHIR R4 2.26.

use super::Resource;
use super::datatypes::{Code, coding};
use super::id::Id;
use super::json::{Object, object};
use super::random::Random;
use super::time::{DAY, MINUTE, NOW, Time};

/// The id and the `meta` of a resource.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) id: Id,
    /// `meta.lastUpdated`
    pub(super) updated: String,
    pub(super) profile: Option<&'static str>,
    pub(super) tag: Option<&'static Code>,
}

impl Head {
    /// A resource that was stored within two days of what it tells.
    pub(super) fn new(id: Id, random: &mut Random, told: Time) -> Head {
        Head { id, updated: stored(random, told), profile: None, tag: None }
    }

    /// The resource with its further members.
    pub(super) fn write(self, members: impl FnOnce(&mut Object<'_>)) -> Resource {
        let Head { id, updated, profile, tag } = self;
        let json = object(|o| {
            o.text("resourceType", id.ty.name());
            o.text("id", id);
            o.object("meta", |o| {
                o.text("lastUpdated", updated);
                o.texts("profile", profile);
                o.objects("tag", tag, coding);
            });
            members(o);
        });
        Resource { ty: id.ty.name(), json }
    }
}

/// An instant within two days after `told`, but not after the present.
pub(super) fn stored(random: &mut Random, told: Time) -> String {
    let delay = random.between(MINUTE, 2 * DAY);
    told.plus(delay).min(NOW.plus(-1)).instant(random.below(1_000))
}
