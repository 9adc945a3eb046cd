import ArgumentParser
import Bulletin
import Foundation
import Planning
import Publishing
import Records

struct IssueCorrectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Put something right, by mail at once to those who were sent the issue, and on the web.",
        discussion: """
            Without --text or --file, the words are worked out where the item was moved or called off since, and else \
            written in an editor window. fortnight issue hold N stops a correction that is on its way, release N lets it \
            go on, and skip N drops what is left of it.
            """)

    @Argument(help: "The issue's number.") var number: Int
    @Option(help: ArgumentHelp("The item that it is about.", valueName: "id")) var item: String?
    @Option(help: "What to say, in Markdown.") var text: String?
    @Option(help: ArgumentHelp("A file with what to say, in Markdown; - for standard input.", valueName: "file"))
    var file: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if text != nil, file != nil { throw ValidationError("Give --text or --file, not both.") }
    }

    func run() throws {
        let number = try IssueNumber.argument(number)
        let place = try CommandContext(common)
        let issue = try issue(number, place)
        let about = try item.map { try self.item($0, in: issue, place) }
        let words = try words(about, issue).trimmingCharacters(in: .whitespacesAndNewlines)
        if let problem = Correction.problem(in: words) { throw CommandFailure("the correction: \(problem)") }
        let count = try place.folder.issues.corrections(of: number).count
        try place.folder.decisions.append(
            Decision(
                issue: number, kind: .correct(item: about?.id, text: words), at: place.now, by: CommandContext.person))
        print("Correction \(count + 1) of issue \(number)\(about.map { ", about \(Terminal.safe($0.title))" } ?? ""):")
        for line in words.split(separator: "\n") { print("  \(Terminal.safe(String(line)))") }
        print("It goes now to everybody who was sent the issue, and stands with its web edition.")
        print("To stop it: fortnight issue hold \(number)")
        if place.daemonRuns == false { print("No daemon is running here; it acts on this when it starts.") }
    }

    private func issue(_ number: IssueNumber, _ place: CommandContext) throws -> Issue {
        guard let status = try place.folder.issues.status(number), status.editionsHash != nil,
            let issue = try place.folder.issues.issue(number)
        else {
            guard let row = try IssueForecast(place.context).row(number, at: place.now) else {
                throw CommandFailure("there is no issue \(number): fortnight issues lists what there is")
            }
            throw CommandFailure(
                row.state == .skipped
                    ? "issue \(number) was skipped, and sent to nobody"
                    : "issue \(number) has not gone out yet: change its items with fortnight edit, and it is printed again"
            )
        }
        return issue
    }

    private func item(_ text: String, in issue: Issue, _ place: CommandContext) throws -> Item {
        let id = try ItemID.argument(text)
        guard let item = try TakeCorrections(place.context).asItStands(id, in: issue) else {
            throw CommandFailure(
                "item \(id) is not in issue \(issue.number): fortnight issue show \(issue.number) lists what is")
        }
        return item
    }

    private func words(_ item: Item?, _ issue: Issue) throws -> String {
        if let text { return text }
        if let file {
            let input = InputFile(file)
            guard let words = String(validating: try input.bytes(most: 100_000), as: UTF8.self) else {
                throw CommandFailure("\(input.name) is not UTF-8: save it as UTF-8")
            }
            return words
        }
        if let item, let words = Correction.text(for: item) { return words }
        guard Terminal.isInteractive else {
            throw CommandFailure("there is nothing to say: give --text or --file, or - for standard input as the file")
        }
        let about = item.map { "“\($0.title)” in issue \(issue.number)" } ?? "issue \(issue.number)"
        // A folder of its own, which nobody else may look into or put a link in.
        let folder = FileManager.default.temporaryDirectory.appending(path: "fortnight-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let path = folder.appending(path: "correction.md").path
        try Data(
            """
            <!-- What was wrong with \(about), and what is right? A sentence or two, in Markdown.
                 It goes at once to everybody who was sent the issue. Leave it empty to send nothing.
                 This note is not sent. -->

            """.utf8
        ).write(to: URL(filePath: path))
        do { try EditorWindow.open(path) } catch {
            throw CommandFailure("\(error); nothing is sent, and what you wrote is in \(path)")
        }
        let edited = try InputFile(path).bytes(most: 100_000)
        try FileManager.default.removeItem(at: folder)
        return String(decoding: edited, as: UTF8.self).replacing(/<!--[\s\S]*?-->/, with: "")
    }
}
