//! A library whose HTTP interface is made by its build script.

/// Client, server and types of the shelf.
pub mod shelf {
    include!(concat!(env!("OUT_DIR"), "/shelf/mod.rs"));
}

use shelf::server::{BooksApi, Context, Refusal};
use shelf::types::{Book, GetBook, GetBookResponse, Problem};

/// A shelf with one book.
#[derive(Debug, Clone, Copy)]
pub struct Home;

impl BooksApi for Home {
    async fn get_book(&self, request: GetBook, _: &Context) -> Result<GetBookResponse, Refusal> {
        if request.isbn != "0-14" {
            return Ok(GetBookResponse::NotFound(Problem { detail: format!("no book {}", request.isbn) }));
        }
        Ok(GetBookResponse::Ok(Book { isbn: request.isbn, title: "Dictionary".to_owned(), pages: Some(900) }))
    }
}
