import Foundation
import Settings
import TestSupport
import Testing

/// The manual is held to the programs.
@Suite("The manual")
struct ManualTests {
    /// `fortnight.yaml.5` is hand-written around entries of this exact form.
    @Test("documents every setting as the table of settings has it")
    func settings() throws {
        let page = try Documents.page("fortnight.yaml.5")
        for setting in Configuration.reference {
            let entry = Self.entry(setting)
            let isThere = page.contains(entry)
            #expect(isThere, "fortnight.yaml.5 needs:\n\(entry)")
        }
        let entries = page.split(separator: ".Sh SETTINGS\n")[1].split(separator: ".Sh ENVIRONMENT\n")[0]
            .matches(of: #/(?m)^\.It Ic /#).count
        #expect(entries == Configuration.reference.count)
    }

    private static func entry(_ setting: SettingDoc) -> String {
        let value = setting.required ? "Required." : setting.fallback.map { "Default: \(escaped($0))." } ?? "Optional."
        return ".It Ic \(setting.path)" + (setting.variable.map { " Pq Ev \($0)" } ?? "") + "\n"
            + "\(escaped(setting.doc))\nValue: \(escaped(setting.kind)).\n\(value)\n"
    }

    /// A leading dot or quote would be a request, a hyphen a dash.
    private static func escaped(_ text: String) -> String {
        let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }

    @Test("names no setting that does not exist", arguments: try Documents.pages())
    func settingsNamed(page: String) throws {
        let paths = Configuration.reference.map { $0.path.replacing("[]", with: "") }
        let sections = Set(paths.compactMap { $0.split(separator: ".").first })
        for match in try Documents.page(page).matches(of: /(?m)^\.(?:It )?Ic ([a-zA-Z]+)(\.[a-zA-Z.]+)/)
        where sections.contains(match.1) {
            let named = "\(match.1)\(match.2)"
            #expect(paths.contains { $0 == named || $0.hasPrefix("\(named).") }, "\(named) in \(page)")
        }
    }

    @Test("has an entry for every command of fortnight, with all of its options, and for nothing else", .wholePrograms)
    func commands() async throws {
        let page = try Documents.page("fortnight.1")
        let entries = try Self.commandEntries(page)
        // A group's default command may stand under the name of its group.
        let leaves = try await CommandTree.read().leaves().map { leaf in
            (path: entries[leaf.path] == nil ? leaf.short : leaf.path, command: leaf.command)
        }
        #expect(Set(leaves.map(\.path)) == Set(entries.keys))
        let item = try Self.options(#require(page.firstMatch(of: #/(?s)\n\.Ss Options of an item\n(.*?)\n\.Ss /#)).1)
        let network = try Self.options(
            #require(page.firstMatch(of: #/(?s)\n\.Ss Options of a network\n(.*?)\n\.Sh /#)).1)
        for (path, command) in leaves {
            var options = Self.options(entries[path, default: ""]).subtracting(CommandTree.common)
            if path.hasPrefix("add ") || path == "edit" { options.formUnion(item) }
            if path == "networks add" || path == "networks edit" { options.formUnion(network) }
            #expect(options == command.options, "fortnight \(path)")
        }
    }

    /// The text of each `.It Cm COMMAND` in the sections of commands. Entries that follow each other share one text.
    private static func commandEntries(_ page: String) throws -> [String: Substring] {
        var entries: [String: Substring] = [:]
        let sections = try #require(page.firstMatch(of: /(?s)\n\.Sh COMMANDS FOR EDITORS\n(.*?)\n\.Sh JSON\n/)).1
        var sharing: [String] = []
        for entry in sections.split(separator: "\n.It Cm ").dropFirst() {
            let text = entry.prefix(upTo: entry.firstRange(of: #/\n\.(?:Ss|Sh) /#)?.lowerBound ?? entry.endIndex)
            let head = text.prefix { $0 != "\n" }
            let name = String(head.prefix(upTo: head.firstRange(of: #/ (Ar|Oo|Op|Fl) /#)?.lowerBound ?? head.endIndex))
            // The same command in another use, or one that shares its text with the next.
            entries[name, default: ""] += text + "\n"
            if text == head {
                sharing.append(name)
            } else {
                for name in sharing { entries[name, default: ""] += text + "\n" }
                sharing = []
            }
        }
        return entries
    }

    private static func options(_ text: Substring) -> Set<String> {
        Set(text.matches(of: /(?:Fl|,) (-[a-z][a-z-]*)/).map { "-\($0.1)" })
    }

    @Test("documents the options of fortnightd, and no others", .wholePrograms)
    func daemon() async throws {
        let ending = try await ProgramRun.run(Programs.ours("fortnightd"), ["--help"])
        let known = Set((ending.output + ending.errors).matches(of: /--[a-z-]+/).map { String($0.output) })
        let page = try Documents.page("fortnightd.8")
        #expect(!known.isEmpty)
        #expect(Self.options(page[...]).subtracting(["--help"]) == known)
    }

    @Test("quotes no command that cannot be typed", .wholePrograms)
    func quoted() async throws {
        let fortnight = try await CommandTree.read()
        let daemon: Set<String> = ["--config", "--check", "--help"]
        let quoted =
            try Documents.pages().flatMap { try QuotedCommand.inPage($0) }
            + Documents.markdown().flatMap { try QuotedCommand.inMarkdown($0) }
        #expect(quoted.count > 100)
        for command in quoted {
            let words = command.words.dropFirst()
            let problem =
                command.words[0] == "fortnight"
                ? fortnight.problem(in: words, isWhole: command.isWhole)
                : words.first { $0.hasPrefix("-") && !daemon.contains($0) }.map { "there is no option \($0)" }
            #expect(problem == nil, "\(command)")
        }
    }

    @Test("documents the environment variables that the programs read, and no others")
    func environment() throws {
        let sources = try PackageTests.swiftFiles(in: PackageTests.root.appending(path: "Sources"))
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        let read = Set(sources.matches(of: /environment\["([A-Z_]+)"\]/).map { String($0.1) })
        let documented = try ["fortnight.1", "fortnightd.8", "fortnight.yaml.5"].flatMap { page in
            try #require(Documents.page(page).firstMatch(of: #/(?s)\n\.Sh ENVIRONMENT\n(.*?)\n\.Sh /#)).1
                .matches(of: /(?m)^\.It Ev (.*)$/).flatMap { $0.1.split(separator: " , ").map(String.init) }
        }
        #expect(!read.isEmpty)
        #expect(read.subtracting(documented).isEmpty)
        for name in documented where name != "FORTNIGHT_*" {
            #expect(sources.contains("\"\(name)\""), "no program reads \(name)")
        }
    }

    @Test("names only files that exist, or that the package makes", arguments: try Documents.pages())
    func files(page: String) throws {
        let deployed = try ["debian", "systemd"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(
                atPath: PackageTests.root.appending(path: "deploy/\(folder)").path
            )
            .map { try Documents.text("deploy/\(folder)/\($0)") }
        }
        let made = try (deployed + [Documents.text("deploy/package")]).joined()
        for match in try Documents.page(page).matches(of: /(?m)^\.(?:It )?Pa (.*)$/) {
            for path in match.1.split(separator: " ").map(String.init) {
                if let path = path.wholeMatch(of: /\/usr\/share\/fortnight\/(.*)/)?.1 {
                    #expect(Documents.exists(String(path)), "\(path) in \(page)")
                } else if path.contains(/^\/(etc|usr|var)\/.*fortnight/) {
                    #expect(made.contains(path.dropFirst()), "\(path) in \(page)")
                } else if path.contains(/^(deploy|seeds|templates)\//) {
                    #expect(Documents.exists(path), "\(path) in \(page)")
                }
            }
        }
    }

    @Test("refers only to pages that exist", arguments: try Documents.pages())
    func references(page: String) throws {
        for match in try Documents.page(page).matches(of: /(?m)^\.Xr (fortnight[a-z.-]*) ([0-9])/) {
            #expect(Documents.exists("deploy/man/\(match.1).\(match.2)"), "\(match.0) in \(page)")
        }
    }

    @Test("is taken by mandoc without a warning", .installedTool)
    func lint() async throws {
        let mandoc = try Programs.system("mandoc", package: "mandoc")
        let folder = PackageTests.root.appending(path: "deploy/man").path
        let ending = try await ProgramRun.run(
            mandoc, ["-T", "lint", "-W", "warning"] + Documents.pages(), folder: folder)
        #expect(ending.output == "")
        #expect(ending.errors == "")
        #expect(ending.status == 0)
    }
}
