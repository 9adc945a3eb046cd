import Yams

extension YAMLNode {
    /// The tree of the one document in `text`; nil where it is empty. Throws for syntax, and for YAML that a file
    /// written by hand is better without: anchors, aliases, tags, repeated keys, keys that are no scalars, a second
    /// document. `place` makes a place of a position, or of nil where there is none.
    package static func document(
        in text: String, place: (YAMLPosition?) -> Place
    ) throws(YAMLFault) -> YAMLNode? {
        if let found = YAMLIndicator.first(in: text) { throw found }
        do {
            let parser = try Parser(yaml: text, encoding: .utf8)
            // A node holds its anchor weakly: it is seen only while the parser lives.
            return try withExtendedLifetime(parser) {
                let root = try parser.nextRoot()
                if let second = try parser.nextRoot() {
                    throw YAMLFault(reason: .secondDocument, position: second.position)
                }
                return try root.map { try YAMLNode($0, place) }
            }
        } catch let fault as YAMLFault {
            throw fault
        } catch let error as YamlError {
            throw YAMLFault(error, in: text)
        } catch {
            throw YAMLFault(reason: .unreadable("\(error)"), position: nil)
        }
    }

    private init(_ node: Node, _ place: (YAMLPosition?) -> Place) throws(YAMLFault) {
        guard node.anchor == nil else { throw YAMLFault(reason: .anchor, position: node.position) }
        let here = place(node.position)
        switch node {
        case .scalar(let scalar):
            self.init(.scalar(scalar.string, plain: scalar.style == .plain), at: here)
        case .sequence(let sequence):
            var items: [YAMLNode] = []
            for item in sequence { items.append(try YAMLNode(item, place)) }
            self.init(.list(items), at: here)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                guard key.anchor == nil else { throw YAMLFault(reason: .anchor, position: key.position) }
                guard case .scalar(let name) = key else {
                    throw YAMLFault(reason: .keyIsNoScalar, position: key.position)
                }
                entries.append(
                    Entry(key: name.string, place: place(key.position), value: try YAMLNode(value, place)))
            }
            self.init(.mapping(entries), at: here)
        case .alias:
            throw YAMLFault(reason: .alias, position: node.position)
        }
    }
}

extension YAMLPosition {
    fileprivate init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

extension Node {
    fileprivate var position: YAMLPosition? { mark.map { YAMLPosition($0) } }
}

extension YAMLFault {
    fileprivate init(_ error: YamlError, in text: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self.init(
                reason: .syntax(problem, opened: context.map { YAMLPosition($0.mark) }), position: YAMLPosition(mark))
        case .duplicatedKeysInMapping(let names, let context):
            self = Self.repeated(names.first ?? "", YAMLPosition(context.mark), in: text)
        default:
            self.init(reason: .unreadable("\(error)"), position: nil)
        }
    }

    /// Yams tells the position of the first key. The repetition is on the next line that begins with it in the same
    /// column, or, within braces, in any.
    private static func repeated(_ name: String, _ first: YAMLPosition, in text: String) -> YAMLFault {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let before = lines.indices.contains(first.line - 1) ? lines[first.line - 1].prefix(first.column - 1) : ""
        let isInBraces = before.last { $0 != " " }.map { "{,".contains($0) } ?? false
        let again = lines.indices.dropFirst(first.line).first { index in
            let line = lines[index].drop { $0 == " " || isInBraces && "{,".contains($0) }
            guard isInBraces || lines[index].count - line.count == first.column - 1 else { return false }
            let key = line.first.map { "\"'".contains($0) } == true ? line.dropFirst() : line
            guard key.hasPrefix(name) else { return false }
            return key.dropFirst(name.count).drop { "\"' ".contains($0) }.hasPrefix(":")
        }
        return YAMLFault(
            reason: .repeatedKey(name, firstLine: first.line, isFound: again != nil),
            position: YAMLPosition(line: again.map { $0 + 1 } ?? first.line, column: first.column))
    }
}
