import StrictYAML

/// A value of an item's file, whatever its notation, with its line in the whole file.
typealias ItemFileNode = YAMLNode<Int>

extension ItemFileNode {
    /// Its kind, for a message.
    var shape: String {
        switch content {
        case .scalar: isEmpty ? "nothing" : "a text"
        case .list: "a list"
        case .mapping: "fields beneath it"
        }
    }
}

/// Why an item's file cannot be read, with the remedy; the line counts from 1 in the whole file.
struct ItemFileFault: Error {
    let line: Int?
    let field: String
    let message: String

    init(line: Int?, field: String = "", _ message: String) {
        (self.line, self.field, self.message) = (line, field, message)
    }
}
