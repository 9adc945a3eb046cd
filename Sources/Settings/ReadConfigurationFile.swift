import StrictYAML

extension SettingNode {
    /// The tree of the YAML document in `source`.
    init(_ source: SourceFile) throws(ConfigurationFault) {
        func place(_ position: YAMLPosition?) -> Place {
            position.map { .position(file: source.name, line: $0.line, column: $0.column) } ?? .file(source.name)
        }
        do {
            self = try SettingNode.document(in: source.text, place: place) ?? SettingNode(.mapping([]), at: place(nil))
        } catch {
            throw ConfigurationFault(place(error.position), Self.message(error.reason))
        }
    }

    private static func message(_ reason: YAMLFault.Reason) -> String {
        switch reason {
        case .anchor: "is an anchor (&), which is not read: write the value out, or quote the text"
        case .alias: "is an alias (*), which is not read: write the value out, or quote the text"
        case .tag: "is a tag (!), which is not read: remove it, or quote the text"
        case .keyIsNoScalar: "is a key that is not a name: write \"name: value\""
        case .repeatedKey(let name, let line, let isFound):
            "\"\(legible(name))\" is repeated" + (isFound ? ", and is on line \(line) already" : "")
                + ": keep one of them"
        case .secondDocument: "begins a second document: keep one, and remove the line ---"
        case .syntax(let problem, _):
            "is not YAML here (\(problem)): indent with spaces, and quote text that holds \": \" or \" #\""
        case .unreadable(let why): "is not YAML: \(why)"
        }
    }
}
