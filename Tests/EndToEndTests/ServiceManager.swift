import TestSupport

/// The place of systemd: a socket that takes what a daemon says of itself, and writes it down, a line for each word.
struct ServiceManager {
    let run: ProgramRun
    /// What tells the daemon of it; it is watched over every second.
    let environment: [String: String]

    init(in scratch: String) async throws {
        let listener = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); s.settimeout(120)
            print('bound', flush=True)
            while True:
                words = s.recv(4096).decode(); print(words, flush=True)
                if words.startswith('STOPPING'): break
            """
        let socket = "\(scratch)/notify"
        run = try ProgramRun(Programs.system("python3", package: "python3"), ["-c", listener, socket])
        environment = ["NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "1000000"]
        _ = try await run.line(holding: "bound")
    }

    /// How often it was told that.
    func times(_ word: String) -> Int { run.output.split(separator: "\n").count { $0.hasPrefix(word) } }

    /// Waits until it is told that once more.
    func hears(_ word: String, after count: Int) async throws {
        try await LivingBulletin.wait(for: "one more \(word) after \(count)") { times(word) > count }
    }
}
