import Basics
import Yams

/// Markdown with YAML front matter between two lines of `---`. The YAML is read strictly: no anchors, no aliases, no key
/// twice, and every value is its source text, whatever YAML would make of it (`title: No` is No).
struct FrontMatter {
    let entries: [FormEntry]
    let body: String
    /// Where the body begins: the first line of it that is not blank.
    let bodyLine: Int

    /// The most bytes of front matter: thirty times what a full form takes, and what YAML reads in an instant.
    private static let mostBytes = 100_000

    /// Reads `text`, whose lines end in line feeds.
    init(_ text: String) throws(FormFault) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.firstIndex(where: { !$0.isBlank }), lines[first].isFence else {
            throw FormFault(
                line: 1,
                "there is no front matter; begin the file with a line of ---, then the fields, then another line of ---"
            )
        }
        guard let last = lines[(first + 1)...].firstIndex(where: \.isFence) else {
            throw FormFault(
                line: first + 1, "the front matter that begins here has no end; put a line of --- after its fields")
        }
        let yaml = lines[(first + 1)..<last].joined(separator: "\n")
        guard yaml.utf8.count <= Self.mostBytes else {
            throw FormFault(
                line: first + 1,
                "the front matter has more than \(Self.mostBytes / 1000) KB; put what is long below it, as the summary")
        }
        entries = try Self.entries(yaml, from: first + 1)
        body = lines[(last + 1)...].joined(separator: "\n")
        bodyLine = (lines[(last + 1)...].firstIndex { !$0.isBlank } ?? last) + 1
    }

    /// The fields of `yaml`, which has `offset` lines before it in the file.
    private static func entries(_ yaml: String, from offset: Int) throws(FormFault) -> [FormEntry] {
        try refuseAliases(yaml, from: offset)
        do {
            let parser = try Parser(yaml: yaml, encoding: .utf8)
            // A node holds its anchor weakly: it is seen only while the parser lives.
            return try withExtendedLifetime(parser) { try fields(parser.singleRoot(), offset: offset) }
        } catch let fault as FormFault {
            throw fault
        } catch let error as YamlError {
            throw fault(of: error, in: yaml, from: offset)
        } catch {
            throw FormFault(line: offset + 1, "the front matter cannot be read: \(error)")
        }
    }

    private static func fields(_ root: Node?, offset: Int) throws(FormFault) -> [FormEntry] {
        guard let root else { return [] }
        switch try value(root, offset: offset) {
        case .fields(let entries, _): return entries
        case .nothing: return []
        case .text(_, let line), .list(_, let line):
            throw FormFault(line: line, "is not a field; write each as key: value, as title: Spring meeting")
        }
    }

    private static func value(_ node: Node, offset: Int) throws(FormFault) -> FormValue {
        let line = (node.mark?.line ?? 0) + offset
        guard node.anchor == nil else { throw FormFault(line: line, anchorMessage) }
        switch node {
        case .scalar(let scalar):
            return scalar.style == .plain && scalar.string.isEmpty
                ? .nothing(line: line) : .text(scalar.string, line: line)
        case .sequence(let sequence):
            var values: [FormValue] = []
            for element in sequence { values.append(try value(element, offset: offset)) }
            return .list(values, line: line)
        case .mapping(let mapping):
            var entries: [FormEntry] = []
            for (key, element) in mapping {
                guard case .text(let name, let line) = try value(key, offset: offset) else {
                    throw FormFault(line: line, "has a key that is not a word; write each field as key: value")
                }
                entries.append(FormEntry(key: name, line: line, value: try value(element, offset: offset)))
            }
            return .fields(entries, line: line)
        case .alias:
            throw FormFault(line: line, anchorMessage)
        }
    }

    private static let anchorMessage =
        "begins with & or *, which YAML takes for an anchor or an alias; put the value in quotes"

    /// Anchors and aliases together are refused before YAML sees them: a few dozen bytes of them stand for billions of
    /// values, and comparing keys would walk through all.
    private static func refuseAliases(_ yaml: String, from offset: Int) throws(FormFault) {
        var lines: [UInt8: Int] = [:]
        var line = 1
        var before = UInt8(ascii: "\n")
        var sign: UInt8?
        for byte in yaml.utf8 {
            if let mark = sign, !isBlank(byte), lines[mark] == nil { lines[mark] = line }
            sign = (byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*")) && opensToken(before) ? byte : nil
            if byte == UInt8(ascii: "\n") { line += 1 }
            before = byte
        }
        guard let anchor = lines[UInt8(ascii: "&")], lines[UInt8(ascii: "*")] != nil else { return }
        throw FormFault(
            line: anchor + offset,
            "has & directly before a word, and a * elsewhere, which YAML takes for anchors and aliases; write and, or "
                + "put a space after the &")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A }

    private static func opensToken(_ byte: UInt8) -> Bool { isBlank(byte) || "[]{},:?-".utf8.contains(byte) }

    // MARK: What YAML says, in our words

    private static func fault(of error: YamlError, in yaml: String, from offset: Int) -> FormFault {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            // A quotation mark that is never closed is found at the end, and meant where it was opened.
            let number = problem.contains("unexpected end") ? context?.mark.line ?? mark.line : mark.line
            return FormFault(line: number + offset, remedy(problem, line: line(number, of: yaml)))
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            let second = secondLine(of: key, in: yaml, after: context.mark.line)
            return FormFault(line: second + offset, field: shortened(key), "is given twice; keep one of them")
        default:
            return FormFault(line: offset + 1, "the front matter cannot be read; write each field as key: value")
        }
    }

    private static func line(_ number: Int, of yaml: String) -> Substring {
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(number - 1) ? lines[number - 1] : ""
    }

    private static func remedy(_ problem: String, line: Substring) -> String {
        if problem.contains("alias") || problem.contains("anchor") { return anchorMessage }
        if problem.contains("mapping values are not allowed") {
            return "has a colon and a space within a value; put the value in quotes"
        }
        if problem.contains("cannot start any token") {
            return line.contains("\t")
                ? "is indented with a tab; use spaces"
                : "has a value that begins with a sign that YAML keeps for itself; put the value in quotes"
        }
        if problem.contains("unexpected end of stream") || problem.contains("unexpected document indicator") {
            return "has a quotation mark that is opened and not closed; close it"
        }
        if problem.contains("unknown escape") {
            return "has a backslash within double quotes; use single quotes, or write \\\\"
        }
        if problem.contains("nesting") || problem.contains("depth") {
            return "is nested far too deeply; an item needs two levels"
        }
        return
            "is not as a field should be; write key: value, with the value in quotes where it holds signs such as : # [ {"
    }

    /// The line of the second field of that name; YAML names the first only.
    private static func secondLine(of key: String, in yaml: String, after first: Int) -> Int {
        for (index, line) in yaml.split(separator: "\n", omittingEmptySubsequences: false).enumerated().dropFirst(first)
        {
            let bare = line.drop { $0 == " " || $0 == "\"" || $0 == "'" || $0 == "{" || $0 == "," }
            guard bare.hasPrefix(key) else { continue }
            let rest = bare.dropFirst(key.count).drop { $0 == "\"" || $0 == "'" || $0 == " " }
            if rest.hasPrefix(":") { return index + 1 }
        }
        return first
    }
}

extension Substring {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }

    /// A line of three hyphens, white space after them passed over.
    fileprivate var isFence: Bool { hasPrefix("---") && dropFirst(3).isBlank }
}
