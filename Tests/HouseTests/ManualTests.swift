import Foundation
import Settings
import Testing

/// The manual is held to the programs.
@Suite("The manual")
struct ManualTests {
    private static let folder = PackageTests.root.appending(path: "deploy/man")

    /// `fortnight.yaml.5` is written from the table of settings: FORTNIGHT_RECORD=1 writes it anew, and fails.
    @Test("documents every setting as the table of settings has it")
    func settingsPage() throws {
        let file = Self.folder.appending(path: "fortnight.yaml.5")
        let page = SettingsPage.text
        if ProcessInfo.processInfo.environment["FORTNIGHT_RECORD"] == "1" {
            try page.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(file.lastPathComponent): read it, and run the tests again")
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == page)
    }

    @Test(
        "names every command",
        arguments: [
            "init", "schedule", "add event", "add meeting", "add notice", "items", "show", "edit", "remove", "import",
            "cancel", "networks list", "networks show", "networks add", "networks edit", "networks remove",
            "networks move-date", "summary",
            "networks cancel-date", "networks restore-date", "check", "preview",
            "issues", "issue show", "issue hold", "issue release", "issue skip", "issue send-now", "issue correct",
            "issue move", "issue order", "issue pin", "issue unpin", "issue intro", "subscribers add",
            "subscribers edit", "subscribers show", "subscribers list", "subscribers stats", "subscribers import",
            "subscribers export", "subscribers unsubscribe", "subscribers pause", "subscribers reactivate",
            "subscribers forget", "deliveries", "deliveries resolve", "returns explain", "backup", "restore", "verify",
            "status", "doctor",
            "dkim generate", "dkim show",
        ])
    func commandsPage(command: String) throws {
        let page = try String(contentsOf: Self.folder.appending(path: "fortnight.1"), encoding: .utf8)
        #expect(page.contains(command))
    }
}

private enum SettingsPage {
    static var text: String {
        var page = """
            .TH FORTNIGHT.YAML 5 2026-11-23 Fortnight "File formats"
            .SH NAME
            fortnight.yaml \\- the configuration of a bulletin
            .SH DESCRIPTION
            YAML, read strictly: an unknown or repeated key, a wrong type or a value out of bounds is an error that names
            file, line, column and remedy. Relative paths are relative to the file. Every setting with a variable below can
            be overridden by it. A commented example comes with the programs, as seeds/fortnight.yaml.
            .PP
            .B smtp
            is one relay or a list of them, of which the next is used when one is down.
            .B dkim
            is one key or a list of them, each of which signs every message. Files of secrets are looked for by
            an absolute path, else in $CREDENTIALS_DIRECTORY, else relative to the configuration.
            .SH SETTINGS

            """
        for setting in Configuration.reference {
            page += ".TP\n.B \(escaped(setting.path))\n\(escaped(setting.doc))\n"
            page += "Takes \(escaped(setting.kind)). "
            page += setting.required ? "Required." : setting.fallback.map { "Default: \(escaped($0))." } ?? "Optional."
            page += "\n"
            if let variable = setting.variable { page += "Variable: \(variable)\n" }
        }
        return page + ".SH SEE ALSO\n.BR fortnight (1),\n.BR fortnightd (8)\n"
    }

    /// A leading dot or quote would be a command, a hyphen a dash.
    private static func escaped(_ text: String) -> String {
        let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }
}
