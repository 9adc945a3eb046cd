import Glibc

/// The kernel's figures for this process.
struct ProcessFigures: Sendable {
    /// User and system time, in seconds.
    let processor: Double
    let residentBytes: Int?
    let openDescriptors: Int?
    let mostDescriptors: Int?

    init() {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        processor = seconds(usage.ru_utime) + seconds(usage.ru_stime)
        residentBytes = Self.residentPages().map { $0 * Int(getpagesize()) }
        openDescriptors = Self.count("/proc/self/fd")
        var limit = rlimit()
        mostDescriptors =
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? Int(clamping: limit.rlim_cur) : nil
    }

    /// The second field of proc_pid_statm(5).
    private static func residentPages() -> Int? {
        guard let file = fopen("/proc/self/statm", "re") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        let words = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        return words.count > 1 ? Int(words[1]) : nil
    }

    private static func count(_ folder: String) -> Int? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var count = 0
        while readdir(stream) != nil { count += 1 }
        // `.`, `..`, and the descriptor of the folder being read.
        return max(0, count - 3)
    }
}
