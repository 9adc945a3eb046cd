import ArgumentParser
import Bulletin
import Editing
import Foundation

struct IssueCorrectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Correct an issue that went out, by mail to its readers and on the web.",
        discussion: """
            The correction goes out at once to everybody who was sent the issue. Without --text or --file, a moved or \
            called-off item provides the text itself; otherwise an editor opens. fortnight issue hold N stops a \
            correction on its way, release N lets it continue, and skip N drops the rest of it.
            """)

    @Argument(help: "The issue's number.") var number: Int
    @Option(help: ArgumentHelp("The item to correct.", valueName: "id")) var item: String?
    @Option(help: "The text, in Markdown.") var text: String?
    @Option(help: ArgumentHelp("A file with the text, in Markdown; - reads standard input.", valueName: "file"))
    var file: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if text != nil, file != nil { throw ValidationError("Give --text or --file, not both.") }
    }

    func run() throws {
        let number = try IssueNumber.argument(number)
        let place = try CommandContext(common)
        let correct = try CorrectIssue(place.context, number, at: place.now, by: CommandContext.person)
        let about = try item.map { try correct.item(ItemID.argument($0)) }
        let words = try words(about, number).trimmingCharacters(in: .whitespacesAndNewlines)
        let correction = try correct(words, about: about)
        print("Correction \(correction) of issue \(number)\(about.map { ", about \(Terminal.safe($0.title))" } ?? ""):")
        for line in words.split(separator: "\n") { print("  \(Terminal.safe(String(line)))") }
        print("It goes out now to everybody who was sent the issue, and appears in the web edition.")
        print("To stop it: fortnight issue hold \(number)")
        place.sayIfNoDaemon()
    }

    private func words(_ item: Item?, _ number: IssueNumber) throws -> String {
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
            throw CommandFailure("there is no text: give --text or --file; --file - reads standard input")
        }
        let about = item.map { "“\($0.title)” in issue \(number)" } ?? "issue \(number)"
        // A folder that nobody else may read, or put a link in.
        let folder = FileManager.default.temporaryDirectory.appending(path: "fortnight-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let path = folder.appending(path: "correction.md").path
        try Data(
            """
            <!-- What was wrong with \(about), and what is right? Write a sentence or two, in Markdown.
                 They go out at once to everybody who was sent the issue. Leave this empty to send nothing.
                 This note is not sent. -->

            """.utf8
        ).write(to: URL(filePath: path))
        do { try EditorWindow.open(path) } catch {
            throw CommandFailure("\(error); nothing was sent, and your text is in \(path)")
        }
        let edited = try InputFile(path).bytes(most: 100_000)
        try FileManager.default.removeItem(at: folder)
        return String(decoding: edited, as: UTF8.self).replacing(/<!--[\s\S]*?-->/, with: "")
    }
}
