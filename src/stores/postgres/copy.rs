//! `COPY … FROM STDIN BINARY`: rows on their way into a table, in little memory.

use deadpool_postgres::Transaction;
use futures_util::SinkExt as _;
use std::borrow::Cow;
use std::io::Cursor;
use std::pin::pin;
use tokio_postgres::Error;

/// Bytes that are sent at once.
const CHUNK: usize = 256 * 1024;
/// What a stream of rows begins with: signature, no flags, no extension.
const BEGIN: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// A value in the binary form of a column.
#[derive(Clone, Debug)]
pub(super) enum Field<'a> {
    Int(i64),
    Text(&'a str),
    /// A text in the form that rows hold.
    Indexed(Cow<'a, str>),
    Bytes(&'a [u8]),
}

/// The statement that takes rows into a table.
pub(super) fn statement(table: &str, columns: &[&str]) -> String {
    format!("COPY {table} ({}) FROM STDIN BINARY", columns.join(", "))
}

/// Writes rows by a statement of [`statement`].
pub(super) async fn copy<'f, R>(
    transaction: &Transaction<'_>,
    statement: &str,
    rows: impl Iterator<Item = R>,
) -> Result<(), Error>
where
    R: IntoIterator<Item = Field<'f>>,
{
    let statement = transaction.prepare_cached(statement).await?;
    let mut sink = pin!(transaction.copy_in::<_, Cursor<Vec<u8>>>(&statement).await?);
    let mut bytes = BEGIN.to_vec();
    for row in rows {
        put(&mut bytes, row);
        if bytes.len() >= CHUNK {
            sink.as_mut().send(Cursor::new(std::mem::replace(&mut bytes, Vec::with_capacity(CHUNK)))).await?;
        }
    }
    bytes.extend(END);
    sink.as_mut().send(Cursor::new(bytes)).await?;
    sink.as_mut().finish().await.map(drop)
}

fn put<'f>(bytes: &mut Vec<u8>, row: impl IntoIterator<Item = Field<'f>>) {
    let at = bytes.len();
    bytes.extend([0; 2]);
    let mut count: i16 = 0;
    for field in row {
        count = count.saturating_add(1);
        match field {
            Field::Int(n) => {
                bytes.extend(8_i32.to_be_bytes());
                bytes.extend(n.to_be_bytes());
            }
            Field::Text(text) => sized(bytes, text.as_bytes()),
            Field::Indexed(text) => sized(bytes, text.as_bytes()),
            Field::Bytes(of) => sized(bytes, of),
        }
    }
    bytes.iter_mut().skip(at).zip(count.to_be_bytes()).for_each(|(to, from)| *to = from);
}

/// A value longer than its length can say is refused by the server, which takes less.
fn sized(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.extend(i32::try_from(value.len()).unwrap_or(i32::MAX).to_be_bytes());
    bytes.extend(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_their_binary_form() {
        let mut bytes = Vec::new();
        put(&mut bytes, [Field::Int(-1), Field::Text("ä"), Field::Bytes(&[7])]);
        let expected = [&[0, 3, 0, 0, 0, 8][..], &[255; 8], &[0, 0, 0, 2, 0xc3, 0xa4, 0, 0, 0, 1, 7]].concat();
        assert_eq!(bytes, expected);
    }
}
