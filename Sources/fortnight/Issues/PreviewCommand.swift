import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Planning
import Records
import Rendering
import Settings

struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show an issue as readers would get it today.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case html, text, print }

    @Option(help: "The issue's number. Default: the next to go out.") var issue: Int?
    @Option(help: ArgumentHelp("Show the first issue sent on or after this day.", valueName: "date"))
    var from: String?
    @Option(help: "html, text, or print for paper. Default: text.") var format: Format?
    @Flag(help: "Open it in a browser.") var open = false
    @Flag(help: "Show the changes since somebody last looked at it.") var diff = false
    @Option(help: ArgumentHelp("Mail it to this address, marked as a proof.", valueName: "address"))
    var to: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if issue != nil, from != nil { throw ValidationError("Give --issue or --from, not both.") }
        if to != nil, open || diff || format != nil {
            throw ValidationError("--to sends the whole mail; it cannot be combined with --format, --open or --diff.")
        }
        if diff, open || format != nil { throw ValidationError("--diff cannot be combined with --format or --open.") }
    }

    func run() async throws {
        let place = try CommandContext(common)
        let number = try chosen(place)
        guard let (issue, editions) = try Preview(place.context).proof(of: number, at: place.now) else {
            throw CommandFailure("there is no issue \(number), or it is skipped: fortnight issues lists them")
        }
        if diff { return try ProofView(place).show(changesOf: issue, editions) }
        if let to { try await sendProof(of: number, to: to, place) }
        try Preview(place.context).keep(issue, editions, at: place.now, by: CommandContext.person)
        guard to == nil else { return }
        let format = format ?? (open ? .html : .text)
        let shown = text(editions, format).replacing(
            PersonalPart.leave.marker, with: place.configuration.web.publicURL)
        if open { return try openInBrowser(withPictures(of: issue, in: shown, place), number, format) }
        if format == .print { return print(try withPictures(of: issue, in: shown, place)) }
        if Terminal.isInteractive, format == .text { return try ProofView(place).page(shown) }
        print(shown, terminator: shown.hasSuffix("\n") ? "" : "\n")
    }

    private func chosen(_ place: CommandContext) throws -> IssueNumber {
        if let issue { return try IssueNumber.argument(issue) }
        let forecast = try IssueForecast(place.context)
        if let from {
            guard let day = LocalDate(from) else {
                throw ValidationError("--from takes a date such as 2026-12-02, not \(Terminal.safe(from)).")
            }
            if let number = try forecast.number(sentFrom: day) { return number }
        } else if let number = try forecast.lowestUnsent(at: place.now) {
            return number
        }
        throw CommandFailure("there is no coming issue: see fortnight schedule")
    }

    private func text(_ editions: Editions, _ format: Format) -> String {
        switch format {
        case .html: editions.mailHTML
        case .text: editions.mailText
        case .print: editions.printHTML
        }
    }

    /// The page with its pictures embedded: they are published only with the issue.
    private func withPictures(of issue: Issue, in page: String, _ place: CommandContext) throws -> String {
        var page = page
        for name in issue.items.compactMap({ $0.picture?.file.split(separator: "/").last.map(String.init) }) {
            guard let type = name.split(separator: ".").last, let content = try place.folder.pictures.content(of: name)
            else { continue }
            let address = "\(place.configuration.masthead.url(of: issue.number))/pictures/\(name)"
            page = page.replacing(
                address, with: "data:image/\(type);base64,\(Data(content).base64EncodedString())")
        }
        return page
    }

    private func openInBrowser(_ shown: String, _ number: IssueNumber, _ format: Format) throws {
        let kind = format == .text ? ".txt" : format == .print ? "-print.html" : ".html"
        let path = NSTemporaryDirectory() + "fortnight-issue-\(number.padded)\(kind)"
        try Data(shown.utf8).write(to: URL(filePath: path), options: .atomic)
        let browser = Process()
        browser.executableURL = URL(filePath: "/usr/bin/env")
        browser.arguments = ["xdg-open", path]
        browser.standardError = FileHandle.nullDevice
        try browser.run()
        browser.waitUntilExit()
        print(
            browser.terminationStatus == 0
                ? "Opened \(path)" : "No browser was found here; the page is in \(path)")
    }

    private func sendProof(of number: IssueNumber, to text: String, _ place: CommandContext) async throws {
        let address: EmailAddress
        do { address = try EmailAddress(text) } catch { throw ValidationError("\(Terminal.safe(text)) \(error).") }
        let request = try RequestProof(place.context, of: number, to: address)
        for _ in 0..<100 {
            if let answer = try request.answer() {
                guard answer == "sent" else { throw CommandFailure("the proof was not sent: \(answer)") }
                return print("A proof of issue \(number) is on its way to \(address.display).")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        print("The daemon has not answered yet; it sends the proof as soon as it does.")
    }
}
