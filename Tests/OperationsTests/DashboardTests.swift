import Foundation
import Testing

@testable import Operations

@Suite("The dashboards")
struct DashboardTests {
    private static let deploy = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../deploy")

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.deploy.appending(path: path), encoding: .utf8)
    }

    /// A summary's names in the answer; every other metric has its own name.
    private var answered: Set<String> {
        Set(Metric.all.flatMap { $0.kind == .summary ? ["\($0.name)_sum", "\($0.name)_count"] : [$0.name] })
    }

    @Test("name only what /metrics has", arguments: ["dashboards/fortnight.json", "dashboards/fortnight.rules.yml"])
    func names(file: String) throws {
        let found = try text(file).matches(of: /(?:fortnight|process)_[a-z_]+/).map { String($0.output) }
        #expect(!found.isEmpty)
        for name in found { #expect(answered.contains(name), "\(name) in \(file)") }
    }

    @Test("leave no metric without a word in the manual")
    func manual() throws {
        let page = try text("man/fortnightd.8")
        for metric in Metric.all {
            let labels = metric.labels.isEmpty ? "" : "{\(metric.labels.joined(separator: ","))}"
            #expect(page.contains("\n.It Ic \(metric.name)\(labels)\n"), "\(metric.name)")
        }
    }

    @Test("are read by a JSON reader, with a panel for each thing to watch")
    func json() throws {
        struct Board: Decodable {
            struct Panel: Decodable { let title: String }
            let title: String
            let panels: [Panel]
        }
        let board = try JSONDecoder().decode(Board.self, from: Data(text("dashboards/fortnight.json").utf8))
        #expect(board.title == "Fortnight")
        #expect(Set(board.panels.map(\.title)).count == board.panels.count)
    }
}
