import Bulletin
import Foundation
import StrictYAML

extension Configuration {
    /// Reads the file at `path`; without one `FORTNIGHT_CONFIG`, `./fortnight.yaml`, `/etc/fortnight/fortnight.yaml`.
    /// Throws all that is wrong with it at once.
    package static func load(
        path: String?, environment: [String: String]
    ) throws(ConfigurationFault) -> Configuration {
        let source = try SourceFile(try find(path, environment))
        var tree = try SettingNode(source)
        let warnings = try Environment.lay(environment, over: &tree)
        var reader = SettingsReader(file: .file(source.name))
        var configuration = Configuration()
        reader.mapping(tree, SettingPath(), table, into: &configuration)
        // A file that is no section at all has given nothing that could be judged further.
        guard tree.isEmpty || tree.isSection else { throw ConfigurationFault(reader.inOrder) }
        configuration.file = source.name
        configuration.folder = folder(of: source.name)
        configuration.credentialsFolder = environment[Environment.credentials]
        configuration.warnings = warnings
        configuration.derive(&reader)
        configuration.check(&reader)
        guard reader.faults.isEmpty else {
            var fault = ConfigurationFault(reader.inOrder)
            if reader.isSound("state") { fault.state = configuration.state }
            throw fault
        }
        return configuration
    }

    /// Whether a file was named, or one stands where it usually does.
    package static func isThere(path: String?, environment: [String: String]) -> Bool {
        path != nil || environment[Environment.configuration]?.isEmpty == false
            || usual.contains(where: FileManager.default.fileExists)
    }

    private static let usual = ["fortnight.yaml", "/etc/fortnight/fortnight.yaml"]

    private static func find(
        _ path: String?, _ environment: [String: String]
    ) throws(ConfigurationFault) -> String {
        if let path { return path }
        if let path = environment[Environment.configuration], !path.isEmpty { return path }
        if let path = usual.first(where: FileManager.default.fileExists) { return path }
        throw ConfigurationFault(
            .file(usual[0]),
            "is neither here nor in /etc/fortnight: make a bulletin with \"fortnight init\", or name its file with --config"
        )
    }

    private static func folder(of file: String) -> String {
        let absolute = file.hasPrefix("/") ? file : FileManager.default.currentDirectoryPath + "/" + file
        let folder = absolute.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(absolute[..<$0]) } ?? ""
        return folder.isEmpty ? "/" : folder.hasSuffix("/.") ? String(folder.dropLast(2)) : folder
    }

    /// The absolute path that `path` stands for in this file.
    func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return folder.hasSuffix("/") ? folder + relative : folder + "/" + relative
    }

    /// Fills the defaults that follow from other keys.
    private mutating func derive(_ reader: inout SettingsReader) {
        if !reader.isWritten("bulletin.publisher") { bulletin.publisher = bulletin.name }
        if !reader.isWritten("delivery.returnAddress") { delivery.returnAddress = bulletin.from.address }
        state = absolute(state)
        templates = reader.isWritten("templates") ? absolute(templates) : usualTemplates()
        for index in smtp.indices { smtp[index].caFile = smtp[index].caFile.map(absolute) }
        if let file = mailbox?.caFile {
            let path = absolute(file)
            mailbox?.caFile = path
        }
    }

    /// The first that exists of: beside the file, beside the program as it is installed or built, and the system's.
    private func usualTemplates() -> String {
        let beside = absolute("templates")
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let candidates =
            [beside]
            + ["../templates", "../share/fortnight/templates", "../../../templates"].map {
                program.appendingPathComponent($0).standardizedFileURL.path
            } + ["/usr/share/fortnight/templates"]
        return candidates.first(where: FileManager.default.fileExists) ?? beside
    }
}

extension SettingsReader {
    /// The faults as they stand in the file, then those that stand nowhere.
    var inOrder: [ConfigurationFault.Fault] {
        func position(_ fault: ConfigurationFault.Fault) -> (line: Int, column: Int) {
            if case .position(_, let line, let column) = fault.place { (line, column) } else { (.max, 0) }
        }
        return faults.enumerated().sorted { left, right in
            let (first, second) = (position(left.element), position(right.element))
            return (first.line, first.column, left.offset) < (second.line, second.column, right.offset)
        }.map(\.element)
    }
}
