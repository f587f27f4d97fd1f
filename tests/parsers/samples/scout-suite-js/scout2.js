aws_info =
{"aws_account_id":"1","services":{"s3":{"findings":{"s3-x":{"checked_items":1,"dashboard_name":"Buckets","description":"Bucket x","flagged_items":1,"items":["s3.buckets.id_1.x"],"level":"danger","path":"s3.buckets.id","rationale":"r","references":null,"remediation":null,"service":"S3","compliance":null}}}},"last_run":{"time":"2023-01-01 10:00:00+0000","version":"5.12"}}
