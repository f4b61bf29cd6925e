//! The log is copied beside the writer.

use super::Directory;
use crate::stores::sqlite::copier::{Bounds, Copier, Job, Log};
use rusqlite::Connection;
use std::sync::mpsc::sync_channel;

/// Writes pages and tells how many of them the log takes on the disk at the end.
fn log_after(bounds: Option<Bounds>) -> u64 {
    let directory = Directory::new();
    let mut writer = Connection::open(directory.file("copied.db")).unwrap();
    writer.pragma_update(None, "page_size", 4096).unwrap();
    writer.pragma_update(None, "journal_mode", "wal").unwrap();
    writer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    writer.execute_batch("CREATE TABLE written (text TEXT)").unwrap();
    let own = Connection::open(directory.file("copied.db")).unwrap();
    let copier = bounds.map(|bounds| Copier::start(&mut writer, own, bounds).unwrap());
    let page = "x".repeat(3_000);
    for _ in 0..500 {
        writer.execute("INSERT INTO written VALUES (?)", [&page]).unwrap();
    }
    if let Some(copier) = copier {
        copier.stop();
    }
    let written: i64 = writer.query_row("SELECT count(*) FROM written", [], |row| row.get(0)).unwrap();
    assert_eq!(written, 500);
    directory.file("copied.db-wal").metadata().unwrap().len() / 4096
}

#[test]
fn the_log_begins_again_while_transactions_follow_each_other() {
    let pages = log_after(Some(Bounds { copy: 10, wait: 40 }));
    assert!(pages < 100, "{pages} pages");
    assert!(log_after(None) > 500, "without it, the log grows");
}

#[test]
fn a_large_transaction_does_not_wait_for_its_own_copy() {
    let (asked, jobs) = sync_channel(8);
    let mut log = Log::new(Bounds { copy: 10, wait: 40 }, asked);
    // Nobody answers: a wait would not end.
    [100, 200, 300].into_iter().for_each(|pages| log.grew(pages));
    assert_eq!(jobs.try_iter().filter(|job| matches!(job, Job::Copy)).count(), 3);
}
