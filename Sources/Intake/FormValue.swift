/// What a file says for a key, whatever its notation, with the line it stands in.
indirect enum FormValue {
    case text(String, line: Int)
    case list([FormValue], line: Int)
    case fields([FormEntry], line: Int)
    /// The key stands there with nothing after it.
    case nothing(line: Int)

    /// What it is, for a message.
    var shape: String {
        switch self {
        case .text: "a text"
        case .list: "a list"
        case .fields: "fields beneath it"
        case .nothing: "nothing"
        }
    }
}

/// A key of a file and what stands there.
struct FormEntry {
    let key: String
    let line: Int
    let value: FormValue
}

/// Why a file cannot be read, with the remedy; the line counts from 1 in the whole file.
struct FormFault: Error {
    let line: Int?
    let field: String
    let message: String

    init(line: Int?, field: String = "", _ message: String) {
        (self.line, self.field, self.message) = (line, field, message)
    }
}
