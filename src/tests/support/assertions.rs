//! What extraction says of a header becomes C that another compiler accepts only where it agrees.
//!
//! Plain text out of plain data. Knows no compiler; [`super::gcc`] runs one over it.

use uapi_check::model::{
    Constant, ConstantValue, Direction, Enumerator, Field, HeaderSurface, Record, RequestCode,
    TypeClass, TypeRef, Typedef,
};

/// One statement about a header.
pub struct Assertion {
    /// What it is about, such as `struct foo.bar`.
    pub about: String,
    /// A line of C that does not compile where the statement is wrong.
    pub code: String,
}

/// A bit-field, and how to set all of its bits.
pub struct BitField {
    /// What it is: `struct foo.bar`.
    pub about: String,
    /// Its record, as C writes it.
    record: String,
    /// Access path within the record.
    path: String,
    /// Where its first bit is.
    pub offset_bits: u64,
    /// How many it has.
    pub size_bits: u64,
}

impl BitField {
    /// A line of C that defines a variable in which only this field's bits are set.
    pub fn code(&self, variable: &str) -> String {
        format!("{} {variable} = {{ .{} = -1 }};\n", self.record, self.path)
    }
}

/// All that is said of a header.
#[derive(Default)]
pub struct Statements {
    /// Conditions.
    pub assertions: Vec<Assertion>,
    /// Bit-fields, which `offsetof` refuses.
    pub bit_fields: Vec<BitField>,
    /// Number of records.
    pub records: usize,
    /// Number of named fields that are no bit-fields.
    pub fields: usize,
    /// Number of enumerators and macros with a value.
    pub constants: usize,
}

impl Statements {
    /// Everything that extraction says of a header and that can be said in C.
    pub fn about(surface: &HeaderSurface) -> Self {
        let mut said = Self::default();
        for constant in &surface.constants {
            said.constant(constant);
        }
        // A macro may hide a field or an enumerator of the same name.
        for constant in &surface.constants {
            said.assertions.push(Assertion {
                about: constant.name.clone(),
                code: format!("#undef {}\n", constant.name),
            });
        }
        for record in surface.records.iter().filter(|r| !r.name.is_empty()) {
            said.record(record);
        }
        for typedef in &surface.typedefs {
            said.typedef(typedef);
        }
        let enumerations = surface.enumerations.iter();
        for enumerator in enumerations.flat_map(|enumeration| &enumeration.enumerators) {
            said.enumerator(enumerator);
        }
        said
    }

    fn say(&mut self, about: &str, condition: String) {
        self.assertions.push(Assertion {
            about: about.to_owned(),
            code: format!("_Static_assert({condition}, \"\");\n"),
        });
    }

    fn record(&mut self, record: &Record) {
        let name = &record.name;
        self.records += 1;
        self.say(name, format!("sizeof({name}) == {}", record.size));
        self.say(name, format!("_Alignof({name}) == {}", record.align));
        self.fields(name, &record.fields, "");
    }

    fn fields(&mut self, record: &str, fields: &[Field], before: &str) {
        for field in fields {
            if field.name.is_empty() {
                self.fields(record, &field.fields, before);
                continue;
            }
            let path = format!("{before}{}", field.name);
            if field.bitfield {
                self.bit_fields.push(BitField {
                    about: format!("{record}.{path}"),
                    record: record.to_owned(),
                    path,
                    offset_bits: field.offset_bits,
                    size_bits: field.size_bits,
                });
            } else {
                self.field(record, &path, field);
            }
        }
    }

    fn field(&mut self, record: &str, path: &str, field: &Field) {
        let about = format!("{record}.{path}");
        let elements = "[0]".repeat(field.ty.bounds.len());
        let lvalue = format!("(({record} *)0)->{path}");
        self.fields += 1;
        self.say(
            &about,
            format!(
                "8 * __builtin_offsetof({record}, {path}) == {}",
                field.offset_bits
            ),
        );
        if field.flexible.is_none() {
            self.say(
                &about,
                format!("8 * sizeof({lvalue}) == {}", field.size_bits),
            );
        }
        if let TypeClass::Integer { signed } = field.ty.class {
            let element = format!("__typeof__({lvalue}{elements})");
            self.say(
                &about,
                format!("(({element})-1 < ({element})1) == {}", i32::from(signed)),
            );
        }
        self.fields(record, &field.fields, &format!("{path}{elements}."));
    }

    fn typedef(&mut self, typedef: &Typedef) {
        let (name, target) = (&typedef.name, &typedef.target);
        // A function has no size.
        if target.size > 0 && target.class != TypeClass::Other {
            self.say(name, format!("sizeof({name}) == {}", target.size));
            self.say(name, format!("_Alignof({name}) == {}", target.align));
        }
    }

    fn enumerator(&mut self, enumerator: &Enumerator) {
        self.constants += 1;
        self.say(&enumerator.name, equals(&enumerator.name, enumerator.value));
    }

    fn constant(&mut self, constant: &Constant) {
        let name = &constant.name;
        match &constant.value {
            ConstantValue::Integer(value) => {
                self.constants += 1;
                self.say(name, equals(name, *value));
                self.say(name, is_of_type(name, &constant.c_type));
            }
            ConstantValue::Text(text) => {
                self.constants += 1;
                let literal = literal(text);
                self.say(name, format!("__builtin_strcmp({name}, {literal}) == 0"));
            }
            ConstantValue::Empty | ConstantValue::Unevaluated(_) => {}
        }
        if let Some(request) = &constant.request {
            self.request(name, request);
        }
    }

    fn request(&mut self, name: &str, request: &RequestCode) {
        let direction = match request.direction {
            Direction::None => "0",
            Direction::Read => "_IOC_READ",
            Direction::Write => "_IOC_WRITE",
            Direction::ReadWrite => "(_IOC_READ | _IOC_WRITE)",
        };
        // To sparc's _IOC_SIZE, what is not read or written has no size.
        let size = match request.direction {
            Direction::None => format!("((({name}) >> _IOC_SIZESHIFT) & _IOC_SIZEMASK)"),
            _ => format!("_IOC_SIZE({name})"),
        };
        // Without the third bit that some targets have: a large size spills over into it.
        self.say(
            name,
            format!("(_IOC_DIR({name}) & (_IOC_READ | _IOC_WRITE)) == {direction}"),
        );
        self.say(name, format!("{size} == {}", request.size));
        self.say(name, format!("_IOC_NR({name}) == {}", request.number));
        self.say(name, format!("_IOC_TYPE({name}) == {}", request.type_code));
        let argument = request.argument.as_ref();
        if let Some(argument) = argument.filter(|argument| can_be_written(argument)) {
            self.say(
                name,
                format!("sizeof({}) == {}", argument.spelling, argument.size),
            );
        }
    }
}

/// Whether the type has a name in C.
fn can_be_written(ty: &TypeRef) -> bool {
    ty.size > 0 && !ty.spelling.contains("{}")
}

/// That an expression has a value, sign included: `-1 == ~0ULL` in C.
fn equals(expression: &str, value: i128) -> String {
    format!(
        "({expression}) == {} && (({expression}) < 0) == {}",
        number(value),
        i32::from(value < 0)
    )
}

/// That an expression has a type. Promoted, because an enumerator has a type of its own for some
/// compilers and is an `int` for others.
fn is_of_type(expression: &str, c_type: &str) -> String {
    format!(
        "__builtin_types_compatible_p(__typeof__(({expression}) + 0), __typeof__(({c_type})0 + 0))"
    )
}

/// A number as C writes it, of a type that holds it.
fn number(value: i128) -> String {
    match value {
        _ if value == i128::from(i64::MIN) => format!("({}LL - 1)", value + 1),
        _ if value < 0 => format!("({value}LL)"),
        _ if value > i128::from(i64::MAX) => format!("{value}ULL"),
        _ => format!("{value}LL"),
    }
}

/// A string as C writes it. A byte that is no UTF-8 reads `\x80` already.
fn literal(text: &str) -> String {
    let byte = |rest: &str| {
        let digits = rest.strip_prefix("\\x")?.get(..2)?;
        u8::from_str_radix(digits, 16).ok()
    };
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = match byte(rest) {
            Some(byte) => {
                bytes.push(byte);
                4
            }
            None => {
                bytes.extend(next.to_string().bytes());
                next.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    let written: String = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
    format!("\"{written}\"")
}
