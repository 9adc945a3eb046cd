import StrictYAML

/// A value of the file, or of an environment variable that overrides it.
typealias SettingNode = YAMLNode<ConfigurationFault.Place>

extension SettingNode {
    var isSection: Bool { if case .mapping = content { true } else { false } }

    /// Sets the value at that path, adding the sections that lead to it. False where a list of several, or a single
    /// value, is in the way.
    mutating func set(_ path: ArraySlice<Substring>, to value: SettingNode) -> Bool {
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
            var fresh = SettingNode(.mapping([]), at: value.place)
            guard fresh.set(path.dropFirst(), to: value) else { return false }
            entries.append(Entry(key: String(name), place: value.place, value: fresh))
        }
        content = .mapping(entries)
        return true
    }
}
