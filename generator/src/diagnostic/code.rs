//! The one list of codes. `family/name` is stable: scripts may match on it.

use super::Severity;

/// A diagnostic's stable name. The constants below are the only values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    name: &'static str,
    severity: Severity,
}

impl Code {
    /// `family/name`.
    pub fn as_str(self) -> &'static str {
        self.name
    }

    /// The part before the slash.
    pub fn family(self) -> &'static str {
        self.name.split_once('/').map_or(self.name, |(family, _)| family)
    }

    /// The severity that findings of this code usually have.
    pub fn severity(self) -> Severity {
        self.severity
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Declares the codes: one line each, `NAME = severity "family/name": what it means`.
macro_rules! codes {
    ($($constant:ident = $severity:ident $name:literal: $docs:literal,)*) => {
        impl Code {
            $(#[doc = $docs] pub const $constant: Code = Code { name: $name, severity: Severity::$severity };)*
        }

        /// Every code with what it means, in the order of this file.
        pub const CODES: &[(Code, &str)] = &[$((Code::$constant, $docs),)*];
    };
}

codes! {
    // source: the document as text
    SOURCE_UNREADABLE = Error "source/unreadable": "The file cannot be read.",
    SOURCE_EMPTY = Error "source/empty": "The file holds nothing.",
    SOURCE_ENCODING = Error "source/encoding": "The file is not UTF-8.",
    SOURCE_SYNTAX = Error "source/syntax": "The text is neither YAML nor JSON.",
    SOURCE_LIMIT = Error "source/limit": "The document is larger, deeper or more aliased than the reader allows.",
    // document: what it claims to be
    DOCUMENT_NOT_OPENAPI = Error "document/not-openapi": "The document is no OpenAPI description.",
    DOCUMENT_VERSION = Error "document/version": "The document is of a version that is not read.",
    // reference: $ref
    REFERENCE_MISSING = Error "reference/missing": "A reference points to nothing.",
    REFERENCE_CIRCULAR = Error "reference/circular": "References point to each other and never at a value.",
    REFERENCE_OUTSIDE_ROOT = Error "reference/outside-root": "A reference leaves the folder of the document.",
    // repair: a known fault of real documents, mended
    REPAIR_TYPE = Warning "repair/type": "A value has the wrong type and was read as the one that is meant.",
    REPAIR_DUPLICATE_KEY = Warning "repair/duplicate-key": "Equal keys were merged.",
    REPAIR_NULL = Warning "repair/null": "A null stands where an object must stand.",
    REPAIR_STRAY_KEY = Warning "repair/stray-key": "A key that has no meaning here was left out.",
    REPAIR_MISSING = Warning "repair/missing": "Something required is missing and was added.",
    REPAIR_REFERENCE = Warning "repair/reference": "A dangling reference was replaced.",
    REPAIR_SHAPE = Warning "repair/shape": "A part that cannot be read was left out.",
    REPAIR_PATH_PARAMETER = Warning "repair/path-parameter": "A path parameter and its path do not agree.",
    REPAIR_OPERATION_ID = Warning "repair/operation-id": "Two operations have one operationId; the later one was renamed.",
    REPAIR_MEDIA_TYPE = Warning "repair/media-type": "The name of a media type was read as the one that is meant, or left out.",
    REPAIR_PATH_KEY = Warning "repair/path-key": "A path holds what no request can carry there, and was read as the path that is meant.",
    REPAIR_PATTERN = Warning "repair/pattern": "A pattern is written between slashes and was read as what stands between them.",
    // merge: several documents of one API
    MERGE_SAME = Note "merge/same": "Documents write the same thing twice, in other words at most; it is there once.",
    MERGE_SERVERS = Warning "merge/servers": "A document names other servers than the first one; all operations are called at the first one's.",
    MERGE_RENAMED = Note "merge/renamed": "Documents use one name for different things; the later one got a name of its own.",
    MERGE_CONFLICT = Warning "merge/conflict": "Documents contradict each other; the first one stands.",
    // example: the document contradicts itself
    EXAMPLE_TYPE = Note "example/type": "An example has a value of the wrong type; the example is left out of checks.",
    EXAMPLE_UNDECLARED = Note "example/undeclared": "An example has a key that its schema does not declare.",
    // schema: decisions about types that the reader should know of
    SCHEMA_CONFLICT = Warning "schema/conflict": "Parts of a schema contradict each other.",
    SCHEMA_DEFAULT = Warning "schema/default": "A default is no value that its own schema allows.",
    SCHEMA_ENUM = Note "schema/enum": "An enum of one boolean, of numbers beyond 64 bits, or of lists and objects is carried as its base type.",
    SCHEMA_LOOSENED = Note "schema/loosened": "A keyword of JSON Schema that no type says is carried along and not enforced.",
    SCHEMA_UNDECLARED = Note "schema/undeclared": "A property is required and not declared; it is carried as any JSON value.",
    // body
    BODY_MEDIA_TYPE = Note "body/media-type": "A body is carried less precisely than its schema says, since its media type does not fit the schema.",
    // parameter
    PARAMETER_IGNORED = Note "parameter/ignored": "A header parameter that HTTP itself sets (Accept, Content-Type, Authorization), or that is a credential or fixed by the path, has no parameter of its own; nor has a response header that describes the message, nor the header of a form's part that is no file.",
    PARAMETER_FORM = Note "parameter/form": "The standard does not say how a parameter is written; the nearest form that it has is used.",
    PARAMETER_TEXT = Note "parameter/text": "A list is carried as one text, since no style of OpenAPI 3.0 separates its items that way.",
    // security
    SECURITY_UNKNOWN = Warning "security/unknown": "A security requirement names a scheme that is not declared.",
    SECURITY_SHARED = Note "security/shared": "Two security schemes of one requirement share their place in a request.",
    SECURITY_TRANSPORT = Warning "security/transport": "A security scheme is the business of the connection, which requests do not show.",
    // path
    PATH_AMBIGUOUS = Warning "path/ambiguous": "Nothing in a request tells two operations of one method and path apart.",
    // callback
    CALLBACK_AMBIGUOUS = Warning "callback/ambiguous": "Nothing tells two callbacks apart that arrive at one address.",
    // unsupported: cannot be carried yet; the operation is dropped and counted unless the message says otherwise
    UNSUPPORTED_PATH = Warning "unsupported/path": "A path cannot be carried yet.",
    // overlay: changes to a document in a file of their own
    OVERLAY_INVALID = Error "overlay/invalid": "An overlay cannot be read or applied.",
    OVERLAY_UNMATCHED = Warning "overlay/unmatched": "The target of an overlay's action selects nothing.",
    // config: bothends.toml
    CONFIG_INVALID = Error "config/invalid": "The configuration cannot be read.",
    CONFIG_SELECTOR = Error "config/selector": "A selector selects nothing.",
    CONFIG_RENAME = Error "config/rename": "A name that the configuration gives cannot be had.",
    CONFIG_UNDECLARED = Error "config/undeclared": "A schema of the configuration cannot keep undeclared properties.",
    CONFIG_GLOBAL = Warning "config/global": "A global of the configuration is no parameter of any operation, or not the same one everywhere.",
    CONFIG_GLOBAL_HINT = Note "config/could-be-global": "Most operations take one header, which could be set once on the client.",
    // output: files on disk
    OUTPUT_FOREIGN = Error "output/foreign": "The output folder holds files that the generator did not write.",
    OUTPUT_UNWRITABLE = Error "output/unwritable": "The output folder cannot be written.",
    OUTPUT_DRIFT = Error "output/drift": "The files on disk differ from what would be generated.",
    // verify: the round trips
    VERIFY_IMPOSSIBLE = Error "verify/impossible": "The round trips cannot be made: cargo is missing, or something does not compile or start.",
    // internal
    INTERNAL = Error "internal/bug": "A state that should be impossible; please report it.",
}
