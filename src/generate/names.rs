//! Names of people and streets, the most frequent first.

use super::list::List;

/// What a town calls its streets and most of its people.
#[derive(Debug)]
pub(super) struct Culture {
    /// The language, as BCP 47 names it, and as people do.
    pub(super) language: (&'static str, &'static str),
    /// Streets with their house number, `#`.
    pub(super) streets: List<&'static str>,
    pub(super) names: Names,
}

/// Names of people.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) family: List<&'static str>,
    pub(super) female: List<&'static str>,
    pub(super) male: List<&'static str>,
    pub(super) custom: Custom,
}

/// What becomes of family names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Custom {
    /// One; joined with a hyphen if two come together.
    One,
    /// The first of each parent, one after the other.
    Both,
}

#[rustfmt::skip]
pub(super) const ENGLISH: Culture = Culture {
    language: ("en", "English"),
    streets: List::of(&[
        "# High Street", "# Church Road", "# Main Street", "# Station Road", "# Park Avenue", "# King's Road",
        "# St Mary's Lane", "# Victoria Street", "# O'Connell Street",
    ]),
    names: Names {
        family: List::of(&[
            "Smith", "Jones", "Williams", "Johnson", "Brown", "Taylor", "Davies", "Wilson", "Evans", "O'Brien", "Thomas",
            "Walker", "Roberts", "Murphy", "Hall", "O'Connor", "Clarke", "MacDonald", "Green", "Byrne", "Hughes",
            "Edwards", "O'Neill", "Wood", "Harris", "Lewis", "McCarthy", "Campbell", "Ó Súilleabháin", "Ward", "Baker",
            "Nic Dhòmhnaill", "Fitzgerald", "Spencer-Churchill", "D'Arcy", "St. Clair", "Featherstonehaugh", "O’Shaughnessy",
        ]),
        female: List::of(&[
            "Mary", "Margaret", "Olivia", "Emma", "Patricia", "Elizabeth", "Grace", "Chloë", "Sarah", "Susan", "Hannah",
            "Siobhán", "Mary-Jane", "Zoë", "Niamh", "Eleanor", "Róisín", "Renée", "Dorothy",
        ]),
        male: List::of(&[
            "James", "John", "William", "Robert", "Oliver", "Michael", "David", "Thomas", "Seán", "George", "Liam",
            "Patrick", "Eoghan", "Pádraig", "André", "Noël", "Billy-Joe", "Rory",
        ]),
        custom: Custom::One,
    },
};

#[rustfmt::skip]
pub(super) const GERMAN: Culture = Culture {
    language: ("de", "German"),
    streets: List::of(&[
        "Hauptstraße #", "Schulstraße #", "Bahnhofstraße #", "Gartenstraße #", "Dorfstraße #", "Goethestraße #",
        "Am Mühlbach #", "Karl-Marx-Allee #", "Straße des 17. Juni #",
    ]),
    names: Names {
        family: List::of(&[
            "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann",
            "Schäfer", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann",
            "Krüger", "Weiß", "Lange", "Groß", "von Arnim", "Köhler", "Böhm", "Vogt", "Jäger", "Müller-Lüdenscheidt",
            "von der Heide", "Strauß", "Öztürk", "Freiherr von Gumppenberg",
        ]),
        female: List::of(&[
            "Anna", "Ursula", "Maria", "Monika", "Petra", "Sabine", "Käthe", "Renate", "Lena", "Uschi",
            "Anna-Lena", "Ännchen", "Gisela", "Hannelore", "Bärbel", "Eva-Maria", "Zoé",
        ]),
        male: List::of(&[
            "Peter", "Michael", "Thomas", "Andreas", "Jürgen", "Wolfgang", "Klaus", "Günther", "Karl-Heinz", "Lukas",
            "Jörg", "Hans-Peter", "Björn", "Götz", "Maximilian", "René",
        ]),
        custom: Custom::One,
    },
};

#[rustfmt::skip]
pub(super) const FRENCH: Culture = Culture {
    language: ("fr", "French"),
    streets: List::of(&[
        "# rue de la République", "# rue Victor-Hugo", "# place de l'Église", "# avenue du Général-de-Gaulle",
        "# rue Pasteur", "# chemin des Écoliers", "# rue de l'Abbé-Grégoire",
    ]),
    names: Names {
        family: List::of(&[
            "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Petit", "Durand", "Leroy", "Moreau", "Lefèvre", "Girard",
            "Mercier", "Côté", "Tremblay", "Gagné", "Chevalier", "Rousseau", "Béranger", "Le Gall", "Fouché", "Hébert",
            "D'Aubigné", "L'Écuyer", "de la Fontaine", "Françoise-Dupré", "Du Bois de l'Étang", "Œuvrard",
        ]),
        female: List::of(&[
            "Marie", "Jeanne", "Françoise", "Monique", "Catherine", "Nathalie", "Hélène", "Anne-Marie", "Chloé", "Inès",
            "Éloïse", "Marie-Thérèse", "Aurélie", "Zoé", "Maëlle", "Agnès",
        ]),
        male: List::of(&[
            "Jean", "Pierre", "Michel", "André", "Jean-Pierre", "René", "François", "Gérard", "Étienne", "Jean-Luc",
            "Raphaël", "Noé", "Gaël", "Loïc", "Jérôme",
        ]),
        custom: Custom::One,
    },
};

#[rustfmt::skip]
pub(super) const SPANISH: Culture = Culture {
    language: ("es", "Spanish"),
    streets: List::of(&[
        "Calle Mayor, #", "Calle Real, #", "Avenida de la Constitución, #", "Calle del Sol, #", "Plaza de España, #",
        "Paseo de Begoña, #", "Calle Muñoz Olivé, #",
    ]),
    names: Names {
        family: List::of(&[
            "García", "Rodríguez", "González", "Fernández", "López", "Martínez", "Sánchez", "Pérez", "Gómez", "Martín",
            "Jiménez", "Ruiz", "Hernández", "Díaz", "Moreno", "Muñoz", "Álvarez", "Romero", "Núñez", "Ibáñez", "Peña",
            "de la Cruz", "Güell", "Ortega", "del Río", "Zúñiga",
        ]),
        female: List::of(&[
            "María Carmen", "María", "Ana María", "Josefa", "Isabel", "Lucía", "Dolores", "Begoña", "Sofía", "Ángela",
            "Rocío", "Montserrat", "María José", "Concepción",
        ]),
        male: List::of(&[
            "Antonio", "Manuel", "José", "Francisco", "David", "Juan", "José María", "Ángel", "Jesús", "Iñigo", "Martín",
            "Joaquín", "Andrés", "Óscar", "Ramón",
        ]),
        custom: Custom::Both,
    },
};

/// Names from elsewhere, as the registers of a town hold them.
#[rustfmt::skip]
pub(super) const ELSEWHERE: List<(u32, Names)> = List::of(&[
    (88, Names {
        family: List::of(&[
            "Nguyễn", "Yılmaz", "Kowalski", "Singh", "Ivanova", "Chen", "Nowak", "Şahin", "Popescu", "Silva", "Dvořák",
            "Kim", "Jørgensen", "Van den Berg", "Papadopoulos", "Al-Masri", "Ćosić", "Łukaszewicz", "Ångström",
            "N'Diaye", "İnönü", "Þórsdóttir", "O'Hara", "dos Santos", "Székely-Kovács",
        ]),
        female: List::of(&[
            "Fatma", "Anh", "Agnieszka", "Olena", "Aïcha", "Zofia", "Şule", "Ioana", "Mei-Ling", "Łucja", "Žofie",
            "Inês",
        ]),
        male: List::of(&[
            "Mehmet", "Minh", "Piotr", "Oleksandr", "Mohammed", "Đức", "Łukasz", "Ștefan", "João", "Søren", "Ömer",
            "Jiří", "İbrahim",
        ]),
        custom: Custom::One,
    }),
    (6, Names {
        family: List::of(&["Παπαδοπούλου", "Γεωργίου", "Δημητρίου", "Νικολαΐδης"]),
        female: List::of(&["Ελένη", "Μαρία", "Σοφία"]),
        male: List::of(&["Γιώργος", "Νίκος", "Ιωάννης"]),
        custom: Custom::One,
    }),
    (6, Names {
        family: List::of(&["Шевченко", "Мельник", "Коваленко", "Бондаренко"]),
        female: List::of(&["Ольга", "Наталія", "Ірина"]),
        male: List::of(&["Тарас", "Олександр", "Андрій"]),
        custom: Custom::One,
    }),
]);
