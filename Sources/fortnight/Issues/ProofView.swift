import Basics
import Bulletin
import Editing
import Foundation
import Glibc
import Records

/// Shows an issue, or the changes in it, on a terminal.
struct ProofView {
    private let place: CommandContext

    init(_ place: CommandContext) { self.place = place }

    /// Prints the changes since the issue was last shown.
    func show(changesOf issue: Issue, _ editions: Editions) throws {
        guard let last = try place.folder.proofs.last(issue.number) else {
            throw CommandFailure(
                "nobody has looked at issue \(issue.number) yet: fortnight preview --issue \(issue.number) shows it, and "
                    + "later --diff compares with that")
        }
        let changes = ProofChanges(
            from: (last.issue, last.text), to: (issue, editions.mailText), zone: place.zone)
        let when = Date(rfc3339: last.at).map { $0.inWords(in: place.zone) } ?? last.at
        let since = "since \(Terminal.safe(last.by)) looked at it on \(when)"
        guard !changes.words.isEmpty || !changes.lines.isEmpty else {
            return print("Nothing has changed in issue \(issue.number) \(since).")
        }
        print("Issue \(issue.number), \(since):")
        for line in changes.words { Listing.lines(Terminal.safe(line), indent: 2) }
        if !changes.lines.isEmpty { print("\nIn its text:") }
        for line in changes.lines {
            switch line {
            case .gone(let text): print(Terminal.styled("- " + Terminal.safe(text), .red))
            case .new(let text): print(Terminal.styled("+ " + Terminal.safe(text), .green))
            }
        }
    }

    /// The text edition, its headings bold, as wide as the window, through `$PAGER` (`less` unless given).
    func page(_ text: String) throws {
        let columns = max(20, min(Terminal.width, 80))
        let lines = TerminalEdition.lines(of: text, columns: columns).map { line in
            switch line {
            case .heading(let words): Terminal.styled(Terminal.safe(words), .bold)
            case .subheading(let words): Terminal.styled(Terminal.safe(words), .bold)
            case .text(let words): Terminal.safe(words)
            }
        }
        let shown = lines.joined(separator: "\n") + "\n"
        guard try !throughPager(shown) else { return }
        print(shown, terminator: "")
    }

    /// Whether a pager showed it.
    private func throughPager(_ shown: String) throws -> Bool {
        let named = ProcessInfo.processInfo.environment["PAGER"].flatMap { $0.isEmpty ? nil : $0 } ?? "less"
        let path = NSTemporaryDirectory() + "fortnight-\(UUID().uuidString.prefix(8)).txt"
        try Data(shown.utf8).write(to: URL(filePath: path))
        defer { unlink(path) }
        // Keep colours, leave the text on the screen, and quit at once if it fits.
        let script = """
            command -v \(named.split(separator: " ").first ?? "less") >/dev/null || exit 127
            export LESS="${LESS-FRX}" LESSCHARSET=utf-8
            exec \(named) "$1"
            """
        return try ForegroundProgram.run(script, path) == 0
    }
}
