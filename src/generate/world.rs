//! What all resources share: how many there are of those that others refer to.

use super::Settings;
use super::id::{Id, Type};
use super::random::Random;
use super::tables;

/// The numbers of a generated world.
#[derive(Clone, Copy, Debug)]
pub(super) struct World {
    seed: u64,
    pub(super) patients: u64,
    pub(super) practitioners: u64,
    pub(super) organizations: u64,
}

impl World {
    pub(super) fn new(Settings { patients, seed }: Settings) -> World {
        let patients = u64::from(patients);
        World {
            seed,
            patients,
            practitioners: (patients / tables::PATIENTS_PER_PRACTITIONER).max(tables::LEAST_PRACTITIONERS),
            organizations: (patients / tables::PATIENTS_PER_ORGANIZATION).max(tables::LEAST_ORGANIZATIONS),
        }
    }

    /// The random numbers of a resource, or of a patient and all that belongs to it.
    pub(super) fn random(&self, ty: Type, number: u64) -> Random {
        Random::new([self.seed, ty as u64, number])
    }

    /// The random numbers of what a patient is like in some respect, the same whenever it is looked at.
    pub(super) fn trait_of(&self, patient: u64, name: &str) -> Random {
        let name = name.bytes().fold(0, |hash: u64, byte| hash.wrapping_mul(257).wrapping_add(u64::from(byte)));
        Random::new([self.seed, patient, !name])
    }

    /// Somebody who treats patients.
    pub(super) fn practitioner(&self, random: &mut Random) -> Id {
        Id::practitioner(random.skewed(self.practitioners))
    }

    /// The number of an organization that treats patients.
    pub(super) fn organization(&self, random: &mut Random) -> u64 {
        random.skewed(self.organizations)
    }
}
