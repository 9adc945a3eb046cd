import Yams

extension Written {
    /// The tree of one YAML document, without what is refused: anchors, aliases, tags, repeated keys, keys that are no
    /// scalars, a second document.
    init(_ source: SourceFile) throws(ConfigurationFault) {
        if let found = Indicator.first(in: source.text) {
            let place = ConfigurationFault.Place.position(file: source.name, line: found.line, column: found.column)
            throw ConfigurationFault(place, found.kind.message)
        }
        let root: Node?
        do {
            let parser = try Parser(yaml: source.text, encoding: .utf8)
            root = try parser.nextRoot()
            if let second = try parser.nextRoot() {
                throw ConfigurationFault(
                    Self.place(second, source.name),
                    "begins a second document: keep one, and remove the line ---")
            }
        } catch let fault as ConfigurationFault {
            throw fault
        } catch let error as YamlError {
            throw Self.fault(error, source)
        } catch {
            throw ConfigurationFault(.file(source.name), "is not YAML: \(error)")
        }
        guard let root else {
            self.init(place: .file(source.name), content: .mapping([]))
            return
        }
        try self.init(root, source.name)
    }

    private init(_ node: Node, _ file: String) throws(ConfigurationFault) {
        let place = Self.place(node, file)
        switch node {
        case .scalar(let scalar):
            self.init(place: place, content: .scalar(scalar.string, plain: scalar.style == .plain))
        case .sequence(let sequence):
            var items: [Written] = []
            for item in sequence { items.append(try Written(item, file)) }
            self.init(place: place, content: .list(items))
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw ConfigurationFault(
                        Self.place(key, file), "is a key that is not a name: write \"name: value\"")
                }
                entries.append(
                    Entry(key: name.string, place: Self.place(key, file), value: try Written(value, file)))
            }
            self.init(place: place, content: .mapping(entries))
        case .alias:
            throw ConfigurationFault(place, Indicator.Kind.alias.message)
        }
    }

    private static func place(_ node: Node, _ file: String) -> ConfigurationFault.Place {
        guard let mark = node.mark else { return .file(file) }
        return .position(file: file, line: mark.line, column: mark.column)
    }

    private static func fault(_ error: YamlError, _ source: SourceFile) -> ConfigurationFault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return ConfigurationFault(
                .position(file: source.name, line: mark.line, column: mark.column),
                "is not YAML here (\(problem)): indent with spaces, and quote text that holds \": \" or \" #\"")
        case .duplicatedKeysInMapping(let names, let context):
            return repeated(names.first ?? "", context.mark, source)
        default:
            return ConfigurationFault(.file(source.name), "is not YAML: \(error)")
        }
    }

    /// Yams tells where the key stands first; the repetition is the next line that begins with it in the same column.
    private static func repeated(_ name: String, _ first: Mark, _ source: SourceFile) -> ConfigurationFault {
        let lines = source.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let again = lines.indices.dropFirst(first.line).first { index in
            let text = lines[index].drop { $0 == " " }
            return lines[index].count - text.count == first.column - 1 && text.hasPrefix(name + ":")
        }
        return ConfigurationFault(
            .position(file: source.name, line: again.map { $0 + 1 } ?? first.line, column: first.column),
            "\"\(legible(name))\" is repeated" + (again == nil ? "" : ", it stands on line \(first.line) already")
                + ": keep one of them")
    }
}
