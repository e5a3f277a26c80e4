# What nc says of addresses that cannot be had, with IPv6 off
timeout 0.3 nc -n -l -v 5000 &
sleep 0.2
wait
nc -n -6 -l -v 5000 &
sleep 0.2
nc -n -N 127.0.0.1 5000
timeout 0.3 nc -n -6 -l -v ::1 5000 &
sleep 0.2
wait
timeout 0.3 nc -n -l -v 10.0.0.1 5000 &
sleep 0.2
wait
nc -n -6 -l -v ::ffff:127.0.0.1 5000 &
sleep 0.2
nc -n -N 127.0.0.1 5000
wait
nc -n -6 -l -v fe80::1 5000
nc -n -4 -l -v fe80::1 5000
nc -n -6 -l -v 127.0.0.1 5000
nc -n -6 -v ff02::1 5000
nc -n -6 -v :: 5000
nc -n -s ::1 127.0.0.1 5000
nc -n -6 foo 5000
nc -n foo 5000
nc -n -4 -6 -v ::1 5000
nc -n -6 -v 0::1 5000
nc -n -6 -u -v ff02::1 5000
nc -n -6 -v fe80::1%lo 5000
nc -n -6 -v fe80::1%nope 5000
nc -n -6 -v fe80::1%1 5000
sleep 0.2
sleep 0.2
wait
