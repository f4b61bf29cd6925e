//! A patient and everything that belongs to the patient, in order.

use super::Resource;
use super::encounter::Visit;
use super::id::{Id, Type};
use super::observation::Observation;
use super::patient::Patient;
use super::random::Random;
use super::time::Time;
use super::world::World;
use super::{condition, prescription, procedure, report, tables};

/// All resources of a patient.
pub(super) fn write(world: &World, number: u64) -> Vec<Resource> {
    let mut random = world.random(Type::Patient, number);
    let patient = Patient::new(world, number, &mut random);
    let resources = vec![patient.write(world, &mut random)];
    let mut chart = Chart { world, patient, random, given: Vec::new(), resources };
    let starts = chart.starts();
    let last = starts.len();
    for (place, start) in starts.into_iter().enumerate() {
        chart.visit(start, place + 1 == last);
    }
    chart.resources
}

struct Chart<'w> {
    world: &'w World,
    patient: Patient,
    random: Random,
    /// The types of the ids that were given.
    given: Vec<Type>,
    resources: Vec<Resource>,
}

impl Chart<'_> {
    /// When the patient's encounters begin, the earliest first.
    fn starts(&mut self) -> Vec<Time> {
        let Patient { from, until, .. } = self.patient;
        let count = *self.random.weighted(&tables::ENCOUNTERS);
        let mut starts: Vec<Time> = (0..count).map(|_| Time(self.random.between(from.0, until.0))).collect();
        starts.sort_unstable();
        starts
    }

    fn id(&mut self, ty: Type) -> Id {
        let before = self.given.iter().filter(|given| **given == ty).count() as u64;
        self.given.push(ty);
        Id::of_patient(self.patient.number, ty, before)
    }

    fn ids(&mut self, ty: Type, count: u64) -> Vec<Id> {
        (0..count).map(|_| self.id(ty)).collect()
    }

    fn visit(&mut self, start: Time, last: bool) {
        let id = self.id(Type::Encounter);
        let visit = Visit::new(self.world, &self.patient, &mut self.random, id, start, last);
        let count = *self.random.weighted(&tables::CONDITIONS);
        let conditions = self.ids(Type::Condition, count);
        let encounter = visit.write(&mut self.random, &conditions);
        self.resources.push(encounter);
        for id in &conditions {
            let condition = condition::write(*id, &visit, &self.patient, &mut self.random);
            self.resources.push(condition);
        }
        self.observations(&visit);
        self.treatment(&visit, conditions.first().copied());
    }

    fn observations(&mut self, visit: &Visit) {
        let count = *self.random.weighted(&tables::OBSERVATIONS);
        let mut results = Vec::new();
        let mut told = visit.start;
        for id in self.ids(Type::Observation, count) {
            let observation = Observation::new(id, visit, &self.patient, &mut self.random);
            if observation.is_from_laboratory() {
                results.push(id);
                told = told.max(observation.time);
            }
            self.resources.push(observation.write(self.world, &self.patient, visit, &mut self.random));
        }
        if !results.is_empty() && self.random.percent(tables::REPORTED) {
            let id = self.id(Type::DiagnosticReport);
            self.resources.push(report::write(id, visit, &results, told, &mut self.random));
        }
    }

    fn treatment(&mut self, visit: &Visit, reason: Option<Id>) {
        let count = *self.random.weighted(&tables::PRESCRIPTIONS);
        for id in self.ids(Type::MedicationRequest, count) {
            self.resources.push(prescription::write(id, visit, reason, &mut self.random));
        }
        let count = *self.random.weighted(&tables::PROCEDURES);
        for id in self.ids(Type::Procedure, count) {
            self.resources.push(procedure::write(id, visit, reason, &mut self.random));
        }
    }
}
