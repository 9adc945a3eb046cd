import ArgumentParser
import Bulletin
import Foundation
import Publishing
import Records
import Settings

struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show an issue as readers would get it if nothing changed.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case html, text }

    @Option(help: "The issue's number; the next one to go out unless given.") var issue: Int?
    @Option(help: "html or text.") var format = Format.text
    @Flag(help: "Open it in a browser.") var open = false
    @Option(help: ArgumentHelp("Send it by mail to this address, marked as a proof.", valueName: "address"))
    var to: String?
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let place = try Workplace(common)
        guard let number = try issue.map(IssueNumber.argument) ?? Outlook(place.office).lowestUnsent(at: place.now)
        else {
            throw CommandFailure("there is no issue to come: see fortnight schedule")
        }
        if let to { return try await sendProof(of: number, to: to, place) }
        guard let editions = try Preview(place.office).editions(of: number, at: place.now) else {
            throw CommandFailure("there is no issue \(number), or it is skipped: fortnight issues lists what there is")
        }
        let shown = (format == .html ? editions.mailHTML : editions.mailText)
            .replacing(PersonalPart.leave.marker, with: place.configuration.web.publicURL)
        guard open else { return print(shown) }
        let path = NSTemporaryDirectory() + "fortnight-issue-\(number.padded)." + (format == .html ? "html" : "txt")
        try Data(shown.utf8).write(to: URL(filePath: path))
        let browser = Process()
        browser.executableURL = URL(filePath: "/usr/bin/env")
        browser.arguments = ["xdg-open", path]
        browser.standardError = FileHandle.nullDevice
        try browser.run()
        browser.waitUntilExit()
        print(browser.terminationStatus == 0 ? "Opened \(path)" : "Found no browser to open it with; it is in \(path)")
    }

    private func sendProof(of number: IssueNumber, to text: String, _ place: Workplace) async throws {
        let address: EmailAddress
        do { address = try EmailAddress(text) } catch { throw ValidationError("\(Terminal.safe(text)) \(error).") }
        let name = try place.folder.proofs.ask(for: number, to: address)
        for _ in 0..<100 {
            if let answer = try place.folder.proofs.request(name)?.answer {
                try place.folder.proofs.remove(name)
                guard answer == "sent" else { throw CommandFailure("the proof was not sent: \(answer)") }
                return print("A proof of issue \(number) is on its way to \(address.display).")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        print("The daemon has not answered yet; the proof is sent when it does.")
    }
}
