//! The closed list of kinds of change and of the facts each one carries: the vocabulary of rules.
//!
//! A table and nothing else. Rules name a kind with `on:` and its facts as `before.x`, `after.x` or
//! plain `x`; [`crate::judge::catalogue`] refuses a rule that names anything else.

use super::change::Fact;

/// Which state a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The state before; `before.name` in a rule.
    Before,
    /// The state after; `after.name` in a rule.
    After,
    /// The change as a whole; plain `name` in a rule.
    Whole,
}

/// Type of a fact's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactType {
    /// [`Fact::Flag`]
    Flag,
    /// [`Fact::Integer`]
    Integer,
    /// [`Fact::Text`]
    Text,
    /// [`Fact::List`]
    List,
}

/// Name, type and meaning of one fact.
#[derive(Debug)]
pub struct FactSpec {
    /// Name in rules.
    pub name: &'static str,
    /// Type of its value.
    pub of: FactType,
    /// Meaning and unit.
    pub doc: &'static str,
}

/// What a rule can know about one kind of change.
#[derive(Debug)]
pub struct KindSpec {
    /// The kind.
    pub kind: Kind,
    /// Its name in rules.
    pub name: &'static str,
    /// What is different.
    pub doc: &'static str,
    /// True for a statement about something new (a design remark): without a matching rule it is
    /// dropped, while a difference without one is shown for `review`.
    pub observation: bool,
    /// Facts about the state before.
    pub before: &'static [FactSpec],
    /// Facts about the state after.
    pub after: &'static [FactSpec],
    /// Facts about the change.
    pub facts: &'static [FactSpec],
}

impl KindSpec {
    /// The facts of one part.
    pub fn part(&self, part: Part) -> &'static [FactSpec] {
        match part {
            Part::Before => self.before,
            Part::After => self.after,
            Part::Whole => self.facts,
        }
    }

    /// Whether the part has a fact of that name and type.
    pub fn declares(&self, part: Part, name: &str, value: &Fact) -> bool {
        let of = match value {
            Fact::Flag(_) => FactType::Flag,
            Fact::Integer(_) => FactType::Integer,
            Fact::Text(_) => FactType::Text,
            Fact::List(_) => FactType::List,
        };
        self.part(part)
            .iter()
            .any(|spec| spec.name == name && spec.of == of)
    }
}

impl Kind {
    /// The kind's entry in [`KINDS`].
    pub fn spec(self) -> &'static KindSpec {
        &KINDS[self as usize]
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        KINDS
            .iter()
            .find(|spec| spec.name == name)
            .map(|spec| spec.kind)
    }
}

macro_rules! facts {
    ($($name:ident : $of:ident $doc:literal),* $(,)?) => {
        &[$(FactSpec { name: stringify!($name), of: FactType::$of, doc: $doc }),*]
    };
}

macro_rules! kinds {
    ($($kind:ident $name:literal $doc:literal $observation:literal
       before { $($before:tt)* } after { $($after:tt)* } facts { $($facts:tt)* })*) => {
        /// Every kind of change that `diff` emits.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $(#[doc = $doc] $kind),* }

        /// The table, in the order of [`Kind`].
        pub const KINDS: &[KindSpec] = &[$(KindSpec {
            kind: Kind::$kind, name: $name, doc: $doc, observation: $observation,
            before: facts!($($before)*), after: facts!($($after)*), facts: facts!($($facts)*),
        }),*];
    };
}

kinds! {
    // Records. "Pad-like" names are the ones that kernel headers give to unused bytes.
    RecordRemoved "record-removed" "A struct or union is no longer declared where its header provided it." false
        before { size: Integer "bytes" } after {}
        facts { now_in: Text "header that still declares it, or empty", elsewhere: Flag "still provided by the same header on other targets",
                typedef_remains: Flag "a typedef of the same name still exists", ioctls: List "request codes whose argument it was",
                companions: Flag "everything that used it is gone as well" }
    RecordAdded "record-added" "A new struct or union." false
        before {} after { size: Integer "bytes", align: Integer "bytes" } facts {}
    RecordKindChanged "record-kind-changed" "A struct became a union or the reverse." false
        before { kind: Text "struct or union" } after { kind: Text "struct or union" } facts {}
    RecordGrown "record-grown" "A record became larger while every field it had stayed where it was." false
        before { size: Integer "bytes" } after { size: Integer "bytes" }
        facts { appended: List "new fields", ioctls: List "request codes that encode its size", embedded_in: List "records that hold it by value",
                moves: List "records that hold it by value and of which a later field moves or the size changes",
                size_field: Text "leading field that carries the size (size, argsz, cb, ...), or empty",
                versioned: Flag "a *_SIZE_VERn macro of its name exists", kind: Text "struct or union" }
    RecordShrunk "record-shrunk" "A record became smaller while every field that remains stayed where it was." false
        before { size: Integer "bytes" } after { size: Integer "bytes" }
        facts { ioctls: List "request codes that encode its size", embedded_in: List "records that hold it by value",
                flexible: Flag "only because a trailing one-element array became flexible" }
    RecordRealigned "record-realigned" "The alignment of a record changed." false
        before { align: Integer "bytes", packed: Flag "has the packed attribute", size: Integer "bytes" }
        after { align: Integer "bytes", packed: Flag "has the packed attribute", size: Integer "bytes" }
        facts { moves: Flag "its own size or offsets, or those of a record that holds it, change too", embedded_in: List "records that hold it by value" }
    RecordPackedChanged "record-packed-changed" "The packed attribute came or went without changing the alignment." false
        before { packed: Flag "has the packed attribute" } after { packed: Flag "has the packed attribute" }
        facts { moves: Flag "size or offsets change too" }
    RecordPadding "record-padding" "A new record, or a part added to one, has padding that the compiler inserts." true
        before {} after { offset: Integer "byte at which the padding begins", size: Integer "bytes of padding" }
        facts { new_record: Flag "the record itself is new", tail: Flag "at the end of the record" }
    RecordSizeUneven "record-size-uneven" "A new record holds a 64-bit integer and its size is no multiple of 8." true
        before {} after { size: Integer "bytes" } facts {}
    RecordAbiDependent "record-abi-dependent" "A new record, or a part added to one, is laid out differently on a 64-bit target and on its 32-bit companion." true
        before {} after { wide_size: Integer "bytes on the 64-bit target", narrow_size: Integer "bytes on the 32-bit target" }
        facts { wide: Text "the 64-bit target", narrow: Text "the 32-bit target", field: Text "first field that differs, or empty where only the size does",
                new_record: Flag "the record itself is new", worsened: Flag "the record was laid out alike on both before" }
    RecordWithoutRoom "record-without-room" "A new record that is passed in by an ioctl has no size, flags or reserved field." true
        before {} after { size: Integer "bytes" } facts { ioctls: List "request codes whose argument it is" }

    // Fields. The subject is the record, the member the access path.
    FieldRemoved "field-removed" "A field can no longer be named." false
        before { offset: Integer "bytes", size: Integer "bytes", type: Text "as written" } after {}
        facts { pad: Flag "the name is pad-like", alias: Flag "a macro or another path gives the name back", covered: Flag "other named fields now cover its bytes",
                cxx_only: Flag "the name is only gone in C++" }
    FieldRenamed "field-renamed" "A field has another name at the same place, with the same type." false
        before { name: Text "name", type: Text "as written" } after { name: Text "name", type: Text "as written" }
        facts { pad: Flag "the old name is pad-like", now_pad: Flag "the new name is pad-like", alias: Flag "a macro or another path gives the old name back" }
    FieldMoved "field-moved" "A field stands at another offset." false
        before { offset: Integer "bytes", type: Text "as written" } after { offset: Integer "bytes", type: Text "as written" }
        facts { pad: Flag "the name is pad-like", cause: Text "what pushed it (a resized or removed field, an embedded record, alignment), or empty" }
    FieldInserted "field-inserted" "A new field before existing ones moved them." false
        before { offset: Integer "bytes at which the first moved field stood" } after { offset: Integer "bytes of the new field", size: Integer "bytes", type: Text "as written" }
        facts { moved: List "fields that moved", first_moved: Text "the first of them", first_moved_after: Integer "bytes at which it stands now", ioctls: List "request codes that encode the record's size" }
    FieldsReordered "fields-reordered" "Fields changed places." false
        before { offset: Integer "bytes of the member" } after { offset: Integer "bytes of the member" }
        facts { fields: List "the fields that changed places" }
    FieldResized "field-resized" "A field has another size." false
        before { size: Integer "bytes", type: Text "as written", elements: Integer "number of array elements, 1 for a scalar" }
        after { size: Integer "bytes", type: Text "as written", elements: Integer "number of array elements, 1 for a scalar" }
        facts { moved: List "fields that moved with it", pad: Flag "the name is pad-like", pointer: Flag "one of the two is a pointer",
                bounded_by: Text "constant whose value is the new array bound and changed too, or empty" }
    FieldSignChanged "field-sign-changed" "An integer field changed between signed and unsigned." false
        before { type: Text "as written" } after { type: Text "as written" } facts {}
    FieldTypeChanged "field-type-changed" "A field has another type of the same size and sign." false
        before { type: Text "as written", class: Text "integer, bool, char, float, enum, pointer, record" }
        after { type: Text "as written", class: Text "integer, bool, char, float, enum, pointer, record" }
        facts { respelled: Flag "the same C type under another name", element: Flag "the element size of a flexible array changed", layout: Flag "a record of another layout took the place" }
    FieldPointerChanged "field-pointer-changed" "A pointer became an integer, an integer a pointer, or the type pointed to changed." false
        before { type: Text "as written" } after { type: Text "as written" } facts { pointee_only: Flag "a pointer on both sides" }
    FieldInHole "field-in-hole" "A new field lies in what was padding inserted by the compiler." false
        before {} after { offset: Integer "bytes", size: Integer "bytes", type: Text "as written" } facts { tail: Flag "padding at the end of the record", pad: Flag "the name is pad-like" }
    ReservedConsumed "reserved-consumed" "A reserved or padding field was given a meaning, and nothing moved." false
        before { offset: Integer "bytes", size: Integer "bytes", type: Text "as written" } after { offset: Integer "bytes", size: Integer "bytes of it that are still reserved" }
        facts { into: List "the new fields" }
    UnionArmAdded "union-arm-added" "A new field shares the bytes of an existing one, and nothing moved." false
        before {} after { offset: Integer "bytes", size: Integer "bytes", type: Text "as written" } facts { flexible: Flag "a flexible array", shares: Text "an existing field at the same place", shares_elements: Integer "number of its array elements, 1 for a scalar" }
    FieldRegrouped "field-regrouped" "Fields were wrapped in, or freed from, an anonymous struct or union without moving." false
        before {} after {} facts { fields: List "fields that can be named as before", group: Text "new name of the group, or empty" }
    FlexibleFromZero "flexible-from-zero" "A trailing zero-length array became a flexible array." false
        before { type: Text "as written" } after { type: Text "as written" }
        facts { embedded_in: List "records that hold this one by value", key_like: Flag "programs embed the record at the front of their own" }
    FlexibleFromOne "flexible-from-one" "A trailing one-element array became a flexible array." false
        before { size: Integer "bytes of the record" } after { size: Integer "bytes of the record" } facts { ioctls: List "request codes that encode the record's size" }
    FlexibleAdded "flexible-added" "A flexible array was appended to a record that had none." false
        before { size: Integer "bytes of the record" } after { size: Integer "bytes of the record", type: Text "as written" } facts {}
    FlexibleRemoved "flexible-removed" "A flexible or zero-length array is gone from the end of a record." false
        before { type: Text "as written" } after {} facts {}
    BitfieldChanged "bitfield-changed" "A bit-field has another position, width or base type." false
        before { offset_bits: Integer "bits", width: Integer "bits", type: Text "as written" } after { offset_bits: Integer "bits", width: Integer "bits", type: Text "as written" }
        facts { pad: Flag "the name is pad-like", carved: Flag "it gave up bits to new bit-fields and lies within its old bits" }
    FieldDeclared "field-declared" "A new field: of a new record, or added to an existing one." true
        before {} after { offset: Integer "bytes", size: Integer "bytes", type: Text "as written" }
        facts { class: Text "fixed, long, pointer, bool, enum, char, int-bitfield, time, libc, float, int, record", new_record: Flag "the record itself is new" }

    // Enumerations. The subject is the enumerator, or the enumeration where the tag is meant.
    EnumeratorValueChanged "enumerator-value-changed" "An enumerator has another value." false
        before { value: Integer "value" } after { value: Integer "value" }
        facts { enumeration: Text "enum foo, or empty", kept_kind: Flag "an enumerator on both sides (not once a macro)" }
    EnumeratorsShifted "enumerators-shifted" "Enumerators were inserted or removed before existing ones, which all took other values. The subject is the first one shifted." false
        before { value: Integer "value of the subject" } after { value: Integer "value of the subject" }
        facts { inserted: List "new enumerators", removed: List "enumerators that are gone", shifted: Integer "how many existing ones took another value", enumeration: Text "enum foo, or empty" }
    EnumeratorAdded "enumerator-added" "A new enumerator." false
        before {} after { value: Integer "value" } facts { enumeration: Text "enum foo, or empty" }
    EnumeratorRemoved "enumerator-removed" "An enumerator is no longer declared where its header provided it." false
        before { value: Integer "value" } after {}
        facts { enumeration: Text "enum foo, or empty", now_in: Text "header that still declares it, or empty", elsewhere: Flag "still provided by the same header on other targets",
                sentinel: Flag "it only counted the others" }
    EnumeratorRenamed "enumerator-renamed" "An enumerator has another name with the same value. The subject is the old name." false
        before { value: Integer "value" } after { name: Text "new name" } facts { alias: Flag "the old name still works", enumeration: Text "enum foo, or empty" }
    SentinelChanged "sentinel-changed" "A constant that counts or masks others has another value." false
        before { value: Integer "value" } after { value: Integer "value" }
        facts { grows: Flag "by exactly what was added: new names counted, or new bits on top of the old mask", shrinks: Flag "smaller, or bits lost", enumeration: Text "enum foo, or empty" }
    ValueReused "value-reused" "A new name has the value of another name that it must differ from." false
        before {} after { value: Integer "value" }
        facts { other: Text "the other name", other_remains: Flag "the other name still exists (a collision); false: it was removed (a reuse)", flag: Flag "both are single bits of one family of flags" }
    ConstantKindChanged "constant-kind-changed" "A constant of the same value turned from macro to enumerator or back." false
        before { kind: Text "macro or enumerator" } after { kind: Text "macro or enumerator" } facts { self_macro: Flag "#define NAME NAME keeps #ifdef working" }
    SelfMacroRemoved "self-macro-removed" "#define NAME NAME is gone while the enumerator stays." false
        before {} after {} facts {}
    EnumerationTypeChanged "enumeration-type-changed" "The underlying type of an enumeration changed." false
        before { size: Integer "bytes", signed: Flag "signed" } after { size: Integer "bytes", signed: Flag "signed" } facts {}
    EnumerationRemoved "enumeration-removed" "The tag of an enumeration is gone." false
        before {} after {} facts { values_remain: Flag "its enumerators still exist", now_in: Text "header that still declares it, or empty", elsewhere: Flag "still provided by the same header on other targets" }
    EnumerationAdded "enumeration-added" "A new enumeration tag." false before {} after {} facts {}

    // Object-like macros.
    ConstantValueChanged "constant-value-changed" "A macro has another value." false
        before { value: Text "value; a string in quotes" } after { value: Text "value; a string in quotes" }
        facts { string: Flag "a string on either side", grows: Flag "a larger number", superset: Flag "all old bits are kept and new ones added",
                bound_of: List "record fields whose array bound it is" , kept_kind: Flag "a macro on both sides (not once an enumerator)" }
    ConstantRetyped "constant-retyped" "A macro has the same value with another C type." false
        before { type: Text "C type" } after { type: Text "C type" } facts { value: Text "value" }
    ConstantRespelled "constant-respelled" "A macro is written differently and has the same value and type." false
        before { body: Text "as written" } after { body: Text "as written" } facts {}
    ConstantRemoved "constant-removed" "A macro is no longer defined where its header provided it." false
        before { value: Text "value or text" } after {}
        facts { now_in: Text "header that still defines it, or empty", elsewhere: Flag "still provided by the same header on other targets", constant: Flag "it had a constant value" }
    ConstantAdded "constant-added" "A new macro." false before {} after { value: Text "value or text" } facts {}
    ConstantUnresolved "constant-unresolved" "A new macro can't be evaluated in user space." true
        before {} after { body: Text "as written" } facts { reason: Text "why", name: Text "the undeclared name, or empty" }
    ConstantBecameUnresolved "constant-became-unresolved" "A macro that had a value can no longer be evaluated in user space." false
        before { value: Text "value" } after { body: Text "as written" } facts { reason: Text "why", name: Text "the undeclared name, or empty" }
    ConstantNotPreprocessor "constant-not-preprocessor" "A macro of the same value can no longer be used in #if." false
        before { body: Text "as written" } after { body: Text "as written" } facts {}
    ConstantTextChanged "constant-text-changed" "A macro without a constant value is written differently." false
        before { body: Text "as written" } after { body: Text "as written" } facts {}
    NameCollides "name-collides" "A new macro or field has a name that C++ or the C library keeps for itself." true
        before {} after { name: Text "the name" } facts { with: Text "C++, POSIX or predefined" }

    // Function-like macros, functions, typedefs.
    MacroRemoved "macro-removed" "A function-like macro is no longer defined where its header provided it." false
        before { parameters: Integer "number" } after {} facts { now_in: Text "header that still defines it, or empty", elsewhere: Flag "still provided by the same header on other targets" }
    MacroAdded "macro-added" "A new function-like macro." false before {} after { parameters: Integer "number" } facts {}
    MacroArityChanged "macro-arity-changed" "A function-like macro takes another number of arguments." false
        before { parameters: Integer "number" } after { parameters: Integer "number" } facts {}
    MacroBodyChanged "macro-body-changed" "A function-like macro is written differently." false
        before { body: Text "as written" } after { body: Text "as written" } facts { agrees: Flag "it gives the same constants for the same probe arguments", probed: Flag "probing gave constants on both sides" }
    FunctionDeclared "function-declared" "A new function prototype or extern variable that user space can't link." true
        before {} after { signature: Text "type" } facts {}
    FunctionRemoved "function-removed" "A function is no longer declared where its header provided it." false
        before { inline: Flag "it had a body", signature: Text "type" } after {} facts { now_in: Text "header that still declares it, or empty", elsewhere: Flag "still provided by the same header on other targets" }
    FunctionAdded "function-added" "A new inline function." false before {} after { signature: Text "type" } facts {}
    FunctionSignatureChanged "function-signature-changed" "A function has another type." false
        before { signature: Text "type" } after { signature: Text "type" } facts { inline: Flag "it has a body" }
    FunctionBodyChanged "function-body-changed" "An inline function has another body." false before {} after {} facts {}
    TypedefRemoved "typedef-removed" "A typedef is no longer declared where its header provided it." false
        before { type: Text "as written" } after {} facts { now_in: Text "header that still declares it, or empty", elsewhere: Flag "still provided by the same header on other targets", macro: Flag "a macro of that name took its place" }
    TypedefAdded "typedef-added" "A new typedef." false before {} after { type: Text "as written" } facts {}
    TypedefChanged "typedef-changed" "A typedef stands for another type." false
        before { type: Text "as written", size: Integer "bytes" } after { type: Text "as written", size: Integer "bytes" }
        facts { compatible: Flag "same size, alignment, sign and class" }

    // Request codes. The subject is the macro.
    RequestChanged "request-changed" "An ioctl request code has another number." false
        before { value: Integer "code", direction: Text "none, read, write or read-write", type: Integer "magic byte", number: Integer "sequence number", size: Integer "bytes", argument: Text "as written, or empty" }
        after { value: Integer "code", direction: Text "none, read, write or read-write", type: Integer "magic byte", number: Integer "sequence number", size: Integer "bytes", argument: Text "as written, or empty" }
        facts { changed: List "which of direction, type, number, size differ", same_argument: Flag "the argument is the same named type", old_value_kept: Text "another name that has the old code after, or empty" }
    RequestArgumentChanged "request-argument-changed" "An ioctl request code has another argument type and the same number." false
        before { argument: Text "as written" } after { argument: Text "as written" } facts { same_layout: Flag "both types have the same fields at the same places" }
    RequestRemoved "request-removed" "An ioctl request code is no longer defined where its header provided it." false
        before { value: Integer "code" } after {} facts { now_in: Text "header that still defines it, or empty", elsewhere: Flag "still provided by the same header on other targets", alias: Text "another name for the same code after, or empty" }
    RequestAdded "request-added" "A new ioctl request code." false
        before {} after { value: Integer "code", direction: Text "none, read, write or read-write", type: Integer "magic byte", number: Integer "sequence number", size: Integer "bytes", argument: Text "as written, or empty" } facts {}
    RequestDuplicated "request-duplicated" "A new request code shares magic byte and number with another one of the same header." true
        before {} after { value: Integer "code" } facts { other: Text "the other macro", same_code: Flag "the whole code is the same" }
    RequestAbiDependent "request-abi-dependent" "The size in a new request code differs between a 64-bit target and its 32-bit companion." true
        before {} after { argument: Text "as written" } facts { wide: Text "the 64-bit target", narrow: Text "the 32-bit target" }
    RequestSizeofArgument "request-sizeof-argument" "A new request code is given sizeof(type) instead of the type." true
        before {} after { body: Text "as written" } facts {}
    RequestOversized "request-oversized" "The argument of a new request code is larger than the 8191 bytes that a 13-bit size field holds." true
        before {} after { size: Integer "bytes" } facts {}
    RequestDirectionDoubtful "request-direction-doubtful" "The name of a new request code says one direction and its bits another." true
        before {} after { direction: Text "none, read, write or read-write" } facts { says: Text "read or write" }

    // Headers. The subject is the installed path.
    HeaderRemoved "header-removed" "An exported header is gone." false
        before {} after {} facts { names: Integer "how many names it provided", moved_to: Text "header that now has most of its names, or empty", elsewhere: Flag "still exported on other targets" }
    HeaderAdded "header-added" "A new exported header." false before {} after {} facts {}
    DeclarationMoved "declaration-moved" "Names are declared in another header that the old one includes. The subject is the old header." false
        before {} after {} facts { to: Text "the header that declares them now", names: List "the names" }
    IncludeRemoved "include-removed" "A header no longer includes another one, and names that it provided that way are out of sight." false
        before {} after {} facts { included: Text "the header it included", lost: List "the names" }
    IncludeLibc "include-libc" "A header newly includes a header of the C library." true before {} after {} facts { included: Text "the name in brackets" }
    IncludeNotExported "include-not-exported" "A header newly includes a kernel header that is not exported." true before {} after {} facts { included: Text "the name in brackets" }
    HeaderNotAlone "header-not-alone" "A header no longer compiles on its own." false before {} after {} facts { error: Text "first error" }
    HeaderNotAloneNew "header-not-alone-new" "A new header does not compile on its own." true before {} after {} facts { error: Text "first error" }
    HeaderNotTwice "header-not-twice" "A header can no longer be included twice." false before {} after {} facts { error: Text "first error" }
    HeaderNotTwiceNew "header-not-twice-new" "A new header can't be included twice." true before {} after {} facts { error: Text "first error" }
    HeaderNotC90 "header-not-c90" "A header no longer compiles as C90." false before {} after {} facts { error: Text "first error" }
    HeaderNotC90New "header-not-c90-new" "A new header does not compile as C90." true before {} after {} facts { error: Text "first error" }
    HeaderNotCxx "header-not-cxx" "A header no longer compiles as C++." false before {} after {} facts { error: Text "first error" }
    HeaderNotCxxNew "header-not-cxx-new" "A new header does not compile as C++." true before {} after {} facts { error: Text "first error" }
    RecordCxxSize "record-cxx-size" "A record has another size in C++ than in C, and had not before." false
        before {} after { c: Integer "bytes in C", cxx: Integer "bytes in C++" } facts { new_record: Flag "the record itself is new" }
    LicenseChanged "license-changed" "The licence of a header changed." false before { license: Text "SPDX expression, or empty" } after { license: Text "SPDX expression, or empty" } facts {}
    LicenseWithoutNote "license-without-note" "A header newly has a GPL licence without the syscall note." true before {} after { license: Text "SPDX expression" } facts {}
    ConfigLeaked "config-leaked" "A header newly depends on a CONFIG_ name, which no program can know." true before {} after { name: Text "the CONFIG_ name" } facts {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_one_name_and_its_own_row() {
        let names: BTreeSet<&str> = KINDS.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), KINDS.len());
        for (position, spec) in KINDS.iter().enumerate() {
            assert_eq!(spec.kind as usize, position, "{}", spec.name);
            assert_eq!(Kind::named(spec.name), Some(spec.kind));
            assert!(
                spec.name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{}",
                spec.name
            );
        }
        assert_eq!(Kind::named("no-such-kind"), None);
    }

    #[test]
    fn a_fact_is_declared_with_its_type() {
        let spec = Kind::FieldMoved.spec();
        assert!(spec.declares(Part::Before, "offset", &Fact::Integer(4)));
        assert!(!spec.declares(Part::Before, "offset", &Fact::Text("4".to_owned())));
        assert!(!spec.declares(Part::Whole, "offset", &Fact::Integer(4)));
    }
}
