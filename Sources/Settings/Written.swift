/// A value as it was written, and where: the file's tree after the environment has been laid over it.
struct Written: Sendable {
    enum Content: Sendable {
        /// The source text, whatever YAML would make of it.
        case scalar(String, plain: Bool)
        case list([Written])
        case mapping([Entry])
    }

    struct Entry: Sendable {
        let key: String
        let place: ConfigurationFault.Place
        var value: Written
    }

    let place: ConfigurationFault.Place
    var content: Content

    static func text(_ text: String, at place: ConfigurationFault.Place) -> Written {
        Written(place: place, content: .scalar(text, plain: false))
    }

    /// Whether nothing stands after the key: a section whose keys are all commented out.
    var isEmpty: Bool {
        if case .scalar(let text, plain: true) = content { text.isEmpty } else { false }
    }

    var isSection: Bool { if case .mapping = content { true } else { false } }

    /// Puts `value` at that path, making the sections on the way. False where a list of several, or a single value,
    /// is in the way.
    mutating func set(_ path: ArraySlice<Substring>, to value: Written) -> Bool {
        guard let name = path.first else {
            self = value
            return true
        }
        if case .list(var items) = content, items.count == 1 {
            guard items[0].set(path, to: value) else { return false }
            content = .list(items)
            return true
        }
        if isEmpty { content = .mapping([]) }
        guard case .mapping(var entries) = content else { return false }
        if let index = entries.firstIndex(where: { $0.key == name }) {
            guard entries[index].value.set(path.dropFirst(), to: value) else { return false }
        } else {
            var fresh = Written(place: value.place, content: .mapping([]))
            guard fresh.set(path.dropFirst(), to: value) else { return false }
            entries.append(Entry(key: String(name), place: value.place, value: fresh))
        }
        content = .mapping(entries)
        return true
    }
}
